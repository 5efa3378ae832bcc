//! Several keys at once, so that one can take the place of another while servers run.

use subtle::ConstantTimeEq as _;

use super::SecretKey;

/// So many keys may be good at once: a change needs two.
pub const KEYS_MAX: usize = 8;

/// What stands between the name of a key and what it sealed; in neither of them.
const NAMED: char = '.';

/// The keys of an installation. The first signs and seals, all of them open and recognise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRing {
    first: SecretKey,
    others: Vec<SecretKey>,
}

impl From<SecretKey> for KeyRing {
    fn from(key: SecretKey) -> Self {
        Self { first: key, others: Vec::new() }
    }
}

impl KeyRing {
    /// Takes what a file holds: a key a line, the first one first. Blank lines and those that begin with `#` count for
    /// nothing.
    ///
    /// # Errors
    /// When there is no key, one is none, one stands there twice, or there are more than [`KEYS_MAX`].
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines = (1..).zip(text.lines().map(str::trim));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let mut keys: Vec<SecretKey> = Vec::new();
        for (number, line) in lines {
            let key = SecretKey::parse(line).map_err(|error| format!("line {number}: {error}"))?;
            if keys.contains(&key) {
                return Err(format!("line {number} holds a key that stands there already: remove one of the two"));
            }
            keys.push(key);
        }
        if keys.len() > KEYS_MAX {
            return Err(format!("it may hold {KEYS_MAX} keys at most: remove those that seal nothing any more"));
        }
        let mut keys = keys.into_iter();
        let first = keys.next().ok_or("it must hold 64 hexadecimal digits")?;
        Ok(Self { first, others: keys.collect() })
    }

    /// What the file of these keys holds.
    pub fn reveal(&self) -> String {
        self.keys().map(|key| key.reveal() + "\n").collect()
    }

    /// The key that signs and seals.
    pub fn first(&self) -> &SecretKey {
        &self.first
    }

    /// The keys that only open what they sealed, and recognise what they signed.
    pub fn others(&self) -> &[SecretKey] {
        &self.others
    }

    /// All of them, the first one first.
    pub fn keys(&self) -> impl Iterator<Item = &SecretKey> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The key that is called so.
    pub fn find(&self, id: &str) -> Option<&SecretKey> {
        self.keys().find(|key| key.id() == id)
    }

    /// The same with one more key at the end, which seals nothing yet.
    #[must_use]
    pub fn with(mut self, key: SecretKey) -> Self {
        self.others.push(key);
        self
    }

    /// The same with the key that is called so as the first; `None` when there is none.
    pub fn led_by(&self, id: &str) -> Option<Self> {
        let first = self.find(id)?.clone();
        let others = self.keys().filter(|key| **key != first).cloned().collect();
        Some(Self { first, others })
    }

    /// The same without the key that is called so, which is not the first.
    #[must_use]
    pub fn without(mut self, id: &str) -> Self {
        self.others.retain(|key| key.id() != id);
        self
    }

    /// Seals a secret with the first key; see [`SecretKey::seal`]. Where there are several, the sealed text names the key. It
    /// does not where there is one: versions that know of one key only open it, too.
    pub fn seal(&self, purpose: &str, secret: &str) -> String {
        let sealed = self.first.seal(purpose, secret);
        if self.others.is_empty() { sealed } else { format!("{}{NAMED}{sealed}", self.first.id()) }
    }

    /// Opens what one of these keys sealed for this purpose; `None` when none of them did, or it was changed since.
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        self.open_with(purpose, sealed).map(|(_, secret)| secret)
    }

    /// The same with the key that opens it.
    pub fn open_with(&self, purpose: &str, sealed: &str) -> Option<(&SecretKey, String)> {
        match sealed.split_once(NAMED) {
            Some((id, sealed)) => self.find(id).and_then(|key| Some((key, key.open(purpose, sealed)?))),
            None => self.keys().find_map(|key| Some((key, key.open(purpose, sealed)?))),
        }
    }

    /// Signs with the first key.
    pub fn sign_text(&self, purpose: &str, message: &str) -> String {
        self.first.sign_text(purpose, message)
    }

    /// Whether one of these keys signed `message` for this purpose.
    pub fn is_signed(&self, purpose: &str, message: &str, signature: &str) -> bool {
        self.keys().any(|key| key.sign_text(purpose, message).as_bytes().ct_eq(signature.as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_key_seals_and_all_of_them_open() {
        let (old, new) = (SecretKey::random(), SecretKey::random());
        let alone = KeyRing::from(old.clone());
        let unnamed = alone.seal("feed", "s");
        assert!(old.open("feed", &unnamed).is_some(), "one key seals as it did before there were several");
        // The new key is added, becomes the first, and remains alone.
        let added = alone.clone().with(new.clone());
        let named = added.seal("feed", "s");
        assert!(named.starts_with(&old.id()));
        let led = added.led_by(&new.id()).unwrap();
        assert_eq!((led.first(), led.others()), (&new, &[old.clone()][..]));
        let sealed = led.seal("feed", "s");
        for (ring, opened) in [(&added, true), (&led, true), (&alone, false)] {
            assert_eq!(ring.open("feed", &sealed).is_some(), opened);
            assert_eq!(ring.open("feed", &unnamed).as_deref(), Some("s"));
            assert_eq!(ring.open("feed", &named).as_deref(), Some("s"));
            assert_eq!(ring.open("other", &named), None);
            assert!(ring.is_signed("link", "m", &alone.sign_text("link", "m")));
            assert_eq!(ring.is_signed("link", "m", &led.sign_text("link", "m")), opened);
        }
        assert_eq!(led.open_with("feed", &unnamed).unwrap().0, &old);
        assert_eq!(led.open_with("feed", &sealed).unwrap().0, &new);
        let last = led.clone().without(&old.id());
        assert_eq!(last, KeyRing::from(new));
        assert_eq!((last.open("feed", &sealed).as_deref(), last.open("feed", &named)), (Some("s"), None));
        assert!(!last.is_signed("link", "m", &alone.sign_text("link", "m")));
        assert!(led.led_by("00000000").is_none());
    }

    #[test]
    fn a_file_of_several_keys_is_read_in_its_order() {
        let keys: Vec<SecretKey> = std::iter::repeat_with(SecretKey::random).take(KEYS_MAX + 1).collect();
        let text = |keys: &[SecretKey]| keys.iter().map(|key| key.reveal() + "\n").collect::<String>();
        let two = KeyRing::parse(&format!("# the new one\n\n {}\r\n", text(&keys[..2]))).unwrap();
        assert_eq!((two.first(), two.others()), (&keys[0], &keys[1..2]));
        assert_eq!(KeyRing::parse(&two.reveal()).unwrap(), two);
        assert!(KeyRing::parse(&text(&keys[..KEYS_MAX])).is_ok());
        for (wrong, why) in [
            (text(&keys), "8 keys at most"),
            (text(&[keys[0].clone(), keys[0].clone()]), "line 2 holds a key that stands there already"),
            (text(&keys[..1]) + "secret", "line 2: it must hold 64 hexadecimal digits"),
            ("# nothing\n".to_owned(), "64 hexadecimal digits"),
        ] {
            assert!(KeyRing::parse(&wrong).unwrap_err().contains(why), "{why}");
        }
    }
}
