//! Percent-encoding, read strictly: decoded once, valid UTF-8, no control characters.

use percent_encoding::percent_decode_str;

/// Decodes one segment of a path, or one part of a query; `None` when it cannot be.
pub fn decode(text: &str) -> Option<String> {
    let digits = |part: &str| part.len() >= 2 && part.bytes().take(2).all(|b| b.is_ascii_hexdigit());
    if !text.split('%').skip(1).all(digits) {
        return None;
    }
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    (!decoded.chars().any(char::is_control)).then(|| decoded.into_owned())
}

/// Whether every segment of a path, as it was sent, can be decoded. Checked before a route is looked for, because the
/// router would put replacement characters in place of what cannot, and so make two customers one.
pub fn is_clean(raw_path: &str) -> bool {
    raw_path.split('/').all(|segment| decode(segment).is_some())
}

/// The pairs of a query or of a form; `None` for what cannot be decoded.
pub fn pairs(text: &str) -> impl Iterator<Item = (Option<String>, Option<String>)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(&key.replace('+', " ")), decode(&value.replace('+', " ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_decoded_once() {
        assert_eq!(decode("a%2Fb%20%2b").as_deref(), Some("a/b +"));
        assert_eq!(decode("%252F").as_deref(), Some("%2F"));
        assert_eq!(decode("Zo%C3%AB").as_deref(), Some("Zoë"));
    }

    #[test]
    fn what_cannot_be_decoded_is_refused() {
        for path in ["/a/%", "/a/%2", "/a/%zz", "/a/%ff", "/a/%fe/b", "/a/%00", "/a/%0A", "/a/%C2%85", "/a/%+1", "/%€€"]
        {
            assert!(!is_clean(path), "{path}");
        }
        for path in ["/", "/a//b", "/a/%2F", "/a/%F0%9F%92%A1", "/a/b+c", "/a/..", "/a/%2e%2e"] {
            assert!(is_clean(path), "{path}");
        }
    }

    #[test]
    fn pairs_are_those_of_a_form() {
        let read: Vec<_> = pairs("a=1&b=x+y%26&&c&d=%ff&e==").collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            read,
            [
                (text("a"), text("1")),
                (text("b"), text("x y&")),
                (text("c"), text("")),
                (text("d"), None),
                (text("e"), text("=")),
            ]
        );
    }
}
