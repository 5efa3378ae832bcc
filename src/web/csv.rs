//! Tables for a spreadsheet, sent while they are read.

use actix_web::{
    HttpResponse,
    http::header::{self, ContentDisposition, DispositionParam, DispositionType},
    web::Bytes,
};
use futures_util::{Stream, stream};

use super::error::WebError;

/// Tells a spreadsheet that the text is UTF-8.
const MARK: &str = "\u{feff}";

/// A line: quoted where needed, and with an apostrophe before what a spreadsheet would take for a formula.
pub(crate) fn line<I: IntoIterator<Item = S>, S: AsRef<str>>(cells: I) -> String {
    let cells: Vec<String> = cells.into_iter().map(|cell| cell_of(cell.as_ref())).collect();
    format!("{}\r\n", cells.join(","))
}

fn cell_of(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    // A number is no formula, whatever its sign.
    let defused = if formula && text.parse::<i64>().is_err() { format!("'{text}") } else { text.to_owned() };
    if defused.contains(['"', ',', ';', '\n', '\r', '\t']) || defused.starts_with(' ') || defused.ends_with(' ') {
        format!("\"{}\"", defused.replace('"', "\"\""))
    } else {
        defused
    }
}

/// Where the reading of a table stands.
pub(crate) enum Step<P> {
    /// At a page.
    Page(P),
    /// Behind the last one.
    End,
}

/// Lines of one page, and where the next one is.
pub(crate) type Lines<P> = (String, Step<P>);

/// A file that is made page by page: `read` gives the lines of a page and where the next begins.
pub(crate) fn download<P, F>(name: &str, heading: &[&str], first: P, read: impl Fn(P) -> F + 'static) -> HttpResponse
where
    P: 'static,
    F: Future<Output = Result<Lines<P>, WebError>> + 'static,
{
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(format!("{name}.csv"))],
    };
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header(disposition)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(pages(format!("{MARK}{}", line(heading)), first, read))
}

fn pages<P, F>(heading: String, first: P, read: impl Fn(P) -> F) -> impl Stream<Item = Result<Bytes, actix_web::Error>>
where
    F: Future<Output = Result<Lines<P>, WebError>>,
{
    let start = (Some(heading), Step::Page(first), read);
    stream::unfold(start, async |(heading, step, read)| {
        if let Some(heading) = heading {
            return Some((Ok(Bytes::from(heading)), (None, step, read)));
        }
        let Step::Page(page) = step else { return None };
        match read(page).await {
            Ok((lines, next)) => Some((Ok(Bytes::from(lines)), (None, next, read))),
            // The connection is cut, so that nobody takes half a file for a whole one.
            Err(error) => {
                tracing::error!(error = %error, "An export stopped half way");
                Some((Err(error.into()), (None, Step::End, read)))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_defused() {
        for (text, written) in [
            ("plain", "plain"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+49 30 1", "'+49 30 1"),
            ("-50", "-50"),
            ("-50-1", "'-50-1"),
            ("=cmd|' /C calc'!A0,1", "\"'=cmd|' /C calc'!A0,1\""),
            ("\tx", "\"'\tx\""),
            (" x", "\" x\""),
            ("Zoë 💡", "Zoë 💡"),
        ] {
            assert_eq!(cell_of(text), written, "{text:?}");
        }
        assert_eq!(line(["a", "b c", "d,e"]), "a,b c,\"d,e\"\r\n");
    }
}
