//! Reads files of any length piece by piece, a bounded number of pieces ahead of who takes them.

use std::{
    fmt,
    io::{BufReader, Read},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use serde::de::{DeserializeOwned, Deserializer as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::service::import::Balance;

/// So many pieces are read ahead.
const AHEAD: usize = 64;

/// Something that was read.
pub(super) enum Piece<T> {
    /// One of them, at its place in the file: the element, from 1, or the line.
    One(u64, T),
    /// What is there is none of them.
    Wrong(u64, String),
    /// The file cannot be read on.
    Broken(String),
}

/// The elements of a JSON array, which is expected to be one of these things.
pub(super) fn elements<T: DeserializeOwned + Send + 'static>(
    what: &'static str,
    input: impl Read + Send + 'static,
) -> Receiver<Piece<T>> {
    let (sender, receiver) = sync_channel(AHEAD);
    thread::spawn(move || {
        let mut deserializer = serde_json::Deserializer::from_reader(BufReader::new(input));
        let read = deserializer.deserialize_seq(Elements { what, sender: &sender }).and_then(|()| deserializer.end());
        if let Err(error) = read {
            let _ = sender.send(Piece::Broken(error.to_string()));
        }
    });
    receiver
}

struct Elements<'s, T> {
    what: &'static str,
    sender: &'s SyncSender<Piece<T>>,
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Elements<'_, T> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an array of {}", self.what)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut place = 0;
        // Taken as text first: an element that is none of ours is refused, and the file is read on.
        while let Some(text) = elements.next_element::<Box<RawValue>>()? {
            place += 1;
            let piece = match serde_json::from_str(text.get()) {
                Ok(written) => Piece::One(place, written),
                Err(error) => Piece::Wrong(place, error.to_string()),
            };
            if self.sender.send(piece).is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// The rows of a CSV file.
pub(super) fn rows(input: impl Read + Send + 'static) -> Receiver<Piece<Balance>> {
    let (sender, receiver) = sync_channel(AHEAD);
    thread::spawn(move || {
        if let Err(why) = read_rows(input, &sender) {
            let _ = sender.send(Piece::Broken(why));
        }
    });
    receiver
}

fn read_rows(input: impl Read, sender: &SyncSender<Piece<Balance>>) -> Result<(), String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(input);
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
    let (Some(customer), Some(points)) = (column("customer_id"), column("points")) else {
        return Err("its first line must name the columns `customer_id` and `points`".to_owned());
    };
    let known = ["customer_id", "points", "valid_until", "description", "reference_id", "id"];
    if let Some(unknown) = headers.iter().find(|header| !known.contains(&header.trim_start_matches('\u{feff}'))) {
        return Err(format!("there is no column `{unknown}`; there are {}", known.join(", ")));
    }
    let [until, description, reference, id] = ["valid_until", "description", "reference_id", "id"].map(column);
    for record in reader.records() {
        let piece = match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                let field = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default().to_owned();
                if record.len() == headers.len() {
                    let balance = Balance {
                        customer: field(Some(customer)),
                        points: field(Some(points)),
                        valid_until: field(until),
                        description: field(description),
                        reference: field(reference),
                        id: field(id),
                    };
                    Piece::One(line, balance)
                } else {
                    Piece::Wrong(line, format!("give {} fields, not {}", headers.len(), record.len()))
                }
            }
            Err(error) => match error.position() {
                Some(position) if !error.is_io_error() => Piece::Wrong(position.line(), error.to_string()),
                _ => return Err(error.to_string()),
            },
        };
        if sender.send(piece).is_err() {
            break;
        }
    }
    Ok(())
}
