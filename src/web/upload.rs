//! Forms with a file: the fields are read and checked, the file is handed on while it arrives.

use std::{future::Future, pin::Pin, time::Duration};

use actix_multipart::{Field, Multipart};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Bytes};
use futures_util::{Stream, StreamExt as _, stream};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    error::WebError,
    form::{self, BODY_TIMEOUT},
};

/// The fields of such a form together: a text field may hold a table that was pasted.
const FIELDS_BYTES_MAX: usize = 1024 * 1024;
/// A file of which nothing arrives for so long is given up.
const PIECE_TIMEOUT: Duration = Duration::from_secs(30);

/// A posted form with a file, whose token matched the session's. Without a file, or sent as an ordinary form, it has
/// none. The fields stand before the file.
pub(crate) struct Upload<T> {
    /// The fields.
    pub(crate) form: T,
    /// The file, if one was chosen.
    pub(crate) file: Option<File>,
}

/// A file, which arrives while it is read.
pub(crate) struct File {
    /// What it is called.
    pub(crate) name: String,
    field: Field,
    /// What the file is a part of.
    whole: Multipart,
}

/// The file did not arrive whole.
#[derive(Debug)]
pub(crate) struct CutOff;

impl File {
    /// The file, piece by piece.
    pub(crate) fn pieces(self) -> impl Stream<Item = Result<Bytes, CutOff>> {
        stream::unfold(Some((self.field, self.whole)), async |open| {
            let (mut field, whole) = open?;
            match tokio::time::timeout(PIECE_TIMEOUT, field.next()).await {
                Ok(Some(Ok(piece))) => Some((Ok(piece), Some((field, whole)))),
                Ok(None) => None,
                Ok(Some(Err(_))) | Err(_) => Some((Err(CutOff), None)),
            }
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Upload<T> {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let (fields, file) = tokio::time::timeout(BODY_TIMEOUT, read(&request, payload))
                .await
                .map_err(|_elapsed| form::too_slow())??;
            form::check_token(&request, &fields)?;
            let form = serde_json::from_value(Value::Object(fields)).map_err(|_unfit| form::does_not_fit())?;
            Ok(Self { form, file })
        })
    }
}

async fn read(request: &HttpRequest, payload: Payload) -> Result<(Map<String, Value>, Option<File>), WebError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        let body = form::read(request, payload, FIELDS_BYTES_MAX).await?;
        return Ok((form::fields(&body)?, None));
    }
    let mut whole = Multipart::new(request.headers(), payload);
    let (mut fields, mut left) = (Map::new(), FIELDS_BYTES_MAX);
    while let Some(field) = whole.next().await {
        let mut field = field.map_err(|_broken| form::unreadable())?;
        let disposition = field.content_disposition();
        let file = disposition.and_then(|told| told.get_filename()).filter(|name| !name.is_empty()).map(str::to_owned);
        if let Some(name) = file {
            return Ok((fields, Some(File { name, field, whole })));
        }
        let name = field.name().unwrap_or_default().to_owned();
        let read = field.bytes(left).await.map_err(|_too_long| WebError::TooLarge)?;
        let bytes = read.map_err(|_broken| form::unreadable())?;
        left = left.saturating_sub(bytes.len());
        let text = String::from_utf8(bytes.to_vec()).map_err(|_no_text| form::unreadable())?;
        fields.insert(name, Value::String(text));
    }
    Ok((fields, None))
}
