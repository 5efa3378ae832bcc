//! Sets of public keys (JWKS, RFC 7517): which of them are of use here, and for which algorithm each is.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};

use crate::{domain::invalid::Invalid, texts::t};

/// Longest set that is taken, in bytes.
pub const SET_BYTES_MAX: usize = 64 * 1024;
/// Keys of one set, at most.
const KEYS_MAX: usize = 50;
/// Longest name of a key, in characters.
const KID_CHARS_MAX: usize = 500;
/// Lengths of RSA keys that are taken, in bytes: 2048 to 8192 bits.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1_024;

/// A public key, for one algorithm.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its name, if it has one.
    pub kid: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) decoding: DecodingKey,
}

impl Key {
    /// The algorithm that it is for, as tokens name it.
    pub const fn algorithm(&self) -> &'static str {
        match self.algorithm {
            Algorithm::RS256 => "RS256",
            Algorithm::ES256 => "ES256",
            _ => "EdDSA",
        }
    }
}

/// A key of a set that is of no use here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its name, if it has one.
    pub kid: Option<String>,
    /// Its kind and algorithm, as the set has them.
    pub what: String,
}

/// The public keys of a provider.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    /// Those that are of use.
    pub keys: Vec<Key>,
    /// Those that are not: for encryption, or for another algorithm.
    pub skipped: Vec<Skipped>,
}

impl KeySet {
    /// Reads a set, or one bare key.
    ///
    /// # Errors
    /// When it is none, or holds a private key.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() > SET_BYTES_MAX {
            return Err(Invalid::new(t!("identity-keys-long", most = 64)));
        }
        let no_set = || Invalid::new(t!("identity-keys-unreadable"));
        let value: Value = serde_json::from_str(text).map_err(|_no_json| no_set())?;
        let map = value.as_object().ok_or_else(no_set)?;
        let keys: Vec<&Map<String, Value>> = match map.get("keys") {
            Some(Value::Array(keys)) if keys.len() <= KEYS_MAX => keys.iter().filter_map(Value::as_object).collect(),
            Some(Value::Array(_)) => return Err(Invalid::new(t!("identity-keys-many", most = KEYS_MAX))),
            None if map.contains_key("kty") => vec![map],
            Some(_) | None => return Err(no_set()),
        };
        // `k` is the whole of a symmetric key, `d` the private part of any other.
        if keys.iter().any(|key| key.contains_key("d") || key.contains_key("k")) {
            return Err(Invalid::new(t!("identity-keys-private")));
        }
        let mut set = Self::default();
        for key in keys {
            let text = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default();
            let kid = Some(text("kid")).filter(|kid| !kid.is_empty() && kid.chars().count() <= KID_CHARS_MAX);
            let kid = kid.map(str::to_owned);
            if let Some((algorithm, decoding)) = read(key) {
                set.keys.push(Key { kid, algorithm, decoding });
            } else {
                let what = [text("kty"), text("crv"), text("alg"), text("use")];
                let what: Vec<&str> = what.into_iter().filter(|word| !word.is_empty()).collect();
                set.skipped.push(Skipped { kid, what: what.join(" ").chars().take(100).collect() });
            }
        }
        Ok(set)
    }

    /// The same, with at least one key that is of use.
    ///
    /// # Errors
    /// When there is none.
    pub fn usable(text: &str) -> Result<Self, Invalid> {
        let set = Self::parse(text)?;
        if set.keys.is_empty() { Err(Invalid::new(t!("identity-keys-none"))) } else { Ok(set) }
    }
}

/// The key, if it may check signatures of one of the three algorithms. Which one follows from the key alone.
fn read(key: &Map<String, Value>) -> Option<(Algorithm, DecodingKey)> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let signs = key.get("use").is_none_or(|used| used == "sig");
    let verifies = match key.get("key_ops") {
        None => true,
        Some(ops) => ops.as_array().is_some_and(|ops| ops.iter().any(|op| op == "verify")),
    };
    if !signs || !verifies {
        return None;
    }
    let bytes = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(text(name)?).ok();
    let (name, algorithm, decoding) = match (text("kty")?, text("crv")) {
        ("RSA", _) => {
            let (n, e) = (bytes("n")?, bytes("e")?);
            let length = n.iter().skip_while(|byte| **byte == 0).count();
            if !RSA_BYTES.contains(&length) {
                return None;
            }
            ("RS256", Algorithm::RS256, DecodingKey::from_rsa_raw_components(&n, &e))
        }
        ("EC", Some("P-256")) => {
            let (x, y) = (bytes("x")?, bytes("y")?);
            if (x.len(), y.len()) != (32, 32) {
                return None;
            }
            // An uncompressed point.
            let point = [&[4], x.as_slice(), y.as_slice()].concat();
            ("ES256", Algorithm::ES256, DecodingKey::from_ec_der(&point))
        }
        ("OKP", Some("Ed25519")) => {
            let x = bytes("x").filter(|x| x.len() == 32)?;
            ("EdDSA", Algorithm::EdDSA, DecodingKey::from_ed_der(&x))
        }
        _ => return None,
    };
    key.get("alg").is_none_or(|given| given == name).then_some((algorithm, decoding))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ec() -> Value {
        json!({"kty": "EC", "crv": "P-256", "kid": "e1",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})
    }

    fn with(mut key: Value, name: &str, value: Value) -> Value {
        key[name] = value;
        key
    }

    #[test]
    fn the_algorithm_follows_from_the_key() {
        let rsa = json!({"kty": "RSA", "n": BASE64_URL_SAFE_NO_PAD.encode([0x81; 256]), "e": "AQAB", "alg": "RS256", "use": "sig"});
        let ed = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "key_ops": ["verify"]});
        let set = KeySet::parse(&json!({"keys": [rsa, ec(), ed]}).to_string()).unwrap();
        assert_eq!(set.keys.iter().map(Key::algorithm).collect::<Vec<_>>(), ["RS256", "ES256", "EdDSA"]);
        assert!(set.skipped.is_empty());
        assert_eq!(KeySet::parse(&ec().to_string()).unwrap().keys.len(), 1, "a bare key");
    }

    #[test]
    fn what_is_for_something_else_is_passed_over() {
        let short = json!({"kty": "RSA", "n": BASE64_URL_SAFE_NO_PAD.encode([0x81; 128]), "e": "AQAB"});
        let long =
            |alg: &str| json!({"kty": "RSA", "alg": alg, "n": BASE64_URL_SAFE_NO_PAD.encode([0x81; 256]), "e": "AQAB"});
        for key in [
            short,
            long("RS512"),
            long("PS256"),
            long("RSA-OAEP"),
            long("HS256"),
            long("none"),
            with(ec(), "use", json!("enc")),
            with(ec(), "use", json!(7)),
            with(ec(), "key_ops", json!(["sign"])),
            with(ec(), "key_ops", json!("verify")),
            with(ec(), "alg", json!("RS256")),
            with(ec(), "crv", json!("P-384")),
            with(ec(), "x", json!("AA")),
            with(ec(), "y", json!("not base64!")),
            with(ec(), "kty", json!("OKP")),
            json!({"kty": "OKP", "crv": "Ed448", "x": "AA"}),
            json!({"kty": "OKP", "crv": "X25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
            json!({}),
        ] {
            let set = KeySet::parse(&json!({"keys": [key]}).to_string()).unwrap();
            assert_eq!((set.keys.len(), set.skipped.len()), (0, 1), "{key}");
            assert!(KeySet::usable(&json!({"keys": [key]}).to_string()).is_err(), "{key}");
        }
    }

    #[test]
    fn what_is_no_set_of_public_keys_is_refused() {
        let secret = json!({"keys": [{"kty": "oct", "k": "AAAA"}]}).to_string();
        let private = json!({"keys": [with(ec(), "d", json!("AA"))]}).to_string();
        let many = json!({"keys": vec![ec(); KEYS_MAX + 1]}).to_string();
        let long = format!("{{\"keys\": []}}{}", " ".repeat(SET_BYTES_MAX));
        for text in [
            "",
            "{}",
            "[]",
            "null",
            "{\"keys\": {}}",
            "{\"keys\": 1}",
            "-----BEGIN PUBLIC KEY-----",
            &secret,
            &private,
            &many,
            &long,
        ] {
            assert!(KeySet::parse(text).is_err(), "{text:.100}");
        }
    }
}
