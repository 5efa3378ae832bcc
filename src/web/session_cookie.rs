//! The cookie that names a session, sealed with the installation's keys: they may change while the server runs, and other
//! replicas may have changed them already. The middleware that keeps the sessions has one key for good, which lives as long
//! as the process; here the cookie is turned from the one into the other on its way in and out.

use actix_web::{
    Error,
    body::MessageBody,
    cookie::{Cookie, CookieJar, Key, SameSite},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE},
    middleware::Next,
    web::Data,
};

use crate::{
    app::App,
    secrets::{KeyRing, SecretKey},
};

/// The middleware around the sessions, which know the cookie as `own` sealed it.
///
/// # Errors
/// Those of the handler.
pub(super) async fn turn(
    own: Key,
    app: Data<App>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let https = app.settings.is_https();
    let ring = app.secret.ring();
    let given = take_cookie(request.headers_mut(), name(https));
    let opened = given.as_deref().and_then(|given| open(&ring, https, given));
    if let Some((_, session)) = &opened
        && let Ok(value) = HeaderValue::from_str(&sealed(&own, https, session.clone()).stripped().encoded().to_string())
    {
        request.headers_mut().append(COOKIE, value);
    }
    let mut answer = next.call(request).await?;
    let first = key_of(ring.first());
    if !seal_set_cookies(answer.headers_mut(), &own, &first, https)
        && let Some((sealed_by, session)) = opened
        && sealed_by != *ring.first()
    {
        // The key that sealed it may be gone tomorrow.
        set_cookie(answer.headers_mut(), &sealed(&first, https, session));
    }
    Ok(answer)
}

/// What the cookie is called. The prefix makes browsers refuse it from another host or without TLS.
pub(super) fn name(https: bool) -> &'static str {
    if https { "__Host-guerdon" } else { "guerdon" }
}

fn key_of(key: &SecretKey) -> Key {
    Key::derive_from(&key.derive("sessions"))
}

/// A session's cookie, sealed.
fn sealed(key: &Key, https: bool, session: String) -> Cookie<'static> {
    let cookie = Cookie::build(name(https), session);
    seal(key, cookie.path("/").secure(https).http_only(true).same_site(SameSite::Lax).finish())
}

fn seal(key: &Key, cookie: Cookie<'static>) -> Cookie<'static> {
    let (mut jar, name) = (CookieJar::new(), cookie.name().to_owned());
    jar.private_mut(key).add(cookie.clone());
    jar.get(&name).cloned().unwrap_or(cookie)
}

/// What is in the cookie, and which of the installation's keys sealed it.
fn open(ring: &KeyRing, https: bool, value: &str) -> Option<(SecretKey, String)> {
    ring.keys().find_map(|key| Some((key.clone(), open_with(&key_of(key), name(https), value)?)))
}

fn open_with(key: &Key, name: &'static str, value: &str) -> Option<String> {
    let mut jar = CookieJar::new();
    jar.add_original(Cookie::new(name, value.to_owned()));
    jar.private(key).get(name).map(|cookie| cookie.value().to_owned())
}

/// Takes the cookie called `name` out of a request, and leaves the others as they came.
fn take_cookie(headers: &mut HeaderMap, name: &str) -> Option<String> {
    let mut taken = None;
    let came: Vec<HeaderValue> = headers.remove(COOKIE).collect();
    for value in came {
        let Ok(text) = value.to_str() else {
            headers.append(COOKIE, value);
            continue;
        };
        let is_its = |pair: &&str| pair.split('=').next().is_some_and(|found| found.trim() == name);
        let (its, others): (Vec<&str>, Vec<&str>) = text.split(';').partition(is_its);
        let its = its.first().and_then(|pair| Cookie::parse_encoded((*pair).trim().to_owned()).ok());
        taken = taken.or_else(|| its.map(|cookie| cookie.value().to_owned()));
        if let Ok(value) = HeaderValue::from_str(others.join(";").trim())
            && !value.is_empty()
        {
            headers.append(COOKIE, value);
        }
    }
    taken
}

/// Seals what an answer sets with the installation's key; says whether it sets the session's cookie at all.
fn seal_set_cookies(headers: &mut HeaderMap, own: &Key, first: &Key, https: bool) -> bool {
    let mut is_set = false;
    let set: Vec<HeaderValue> = headers.remove(SET_COOKIE).collect();
    for value in set {
        let cookie = value.to_str().ok().and_then(|text| Cookie::parse_encoded(text.to_owned()).ok());
        let Some(mut cookie) = cookie.filter(|cookie| cookie.name() == name(https)) else {
            headers.append(SET_COOKIE, value);
            continue;
        };
        is_set = true;
        match open_with(own, name(https), cookie.value()) {
            Some(session) => {
                cookie.set_value(session);
                set_cookie(headers, &seal(first, cookie));
            }
            // One that takes the cookie away.
            None => headers.append(SET_COOKIE, value),
        }
    }
    is_set
}

fn set_cookie(headers: &mut HeaderMap, cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.encoded().to_string()) {
        headers.append(SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_goes_from_one_key_to_the_other_and_back() {
        let (own, ring) = (Key::generate(), KeyRing::from(SecretKey::random()));
        let first = key_of(ring.first());
        let mut headers = HeaderMap::new();
        headers.append(SET_COOKIE, HeaderValue::from_static("theme=dark; Path=/"));
        set_cookie(&mut headers, &sealed(&own, false, "the session".to_owned()));
        assert!(seal_set_cookies(&mut headers, &own, &first, false));
        let set: Vec<&str> = headers.get_all(SET_COOKIE).map(|value| value.to_str().unwrap()).collect();
        assert_eq!((set.len(), set[0]), (2, "theme=dark; Path=/"));
        assert!(set[1].ends_with("; HttpOnly; SameSite=Lax; Path=/"), "{}", set[1]);

        let sent = format!("a=b; {};c=d", set[1].split(';').next().unwrap());
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_str(&sent).unwrap());
        let given = take_cookie(&mut headers, "guerdon").unwrap();
        assert_eq!(headers.get(COOKIE).unwrap(), "a=b;c=d");
        assert_eq!(open(&ring, false, &given), Some((ring.first().clone(), "the session".to_owned())));
        let again = sealed(&own, false, "the session".to_owned()).stripped().encoded().to_string();
        let again = Cookie::parse_encoded(again).unwrap();
        assert_eq!(open_with(&own, "guerdon", again.value()).as_deref(), Some("the session"));
    }
}
