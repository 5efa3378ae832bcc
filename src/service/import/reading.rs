//! Reads files of any length piece by piece, a bounded number of pieces ahead of who takes them.

use std::{
    fmt,
    io::{BufReader, Read},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use serde::de::{DeserializeOwned, Deserializer as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// So many pieces are read ahead.
const AHEAD: usize = 64;

/// Something that was read.
pub enum Piece<T> {
    /// One of them, at its place in the file: the element, from 1, or the line.
    One(u64, T),
    /// What is there is none of them.
    Wrong(u64, String),
    /// The file cannot be read on.
    Broken(String),
}

/// The elements of a JSON array, which is expected to be one of these things.
pub fn elements<T: DeserializeOwned + Send + 'static>(
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

/// The rows of a CSV file, each with the cells of `columns` in this order. The first `needed` of these must be there;
/// what is not is empty.
pub fn rows<const N: usize>(
    columns: [&'static str; N],
    needed: usize,
    input: impl Read + Send + 'static,
) -> Receiver<Piece<[String; N]>> {
    let (sender, receiver) = sync_channel(AHEAD);
    thread::spawn(move || {
        if let Err(why) = read_rows(columns, needed, input, &sender) {
            let _ = sender.send(Piece::Broken(why));
        }
    });
    receiver
}

fn read_rows<const N: usize>(
    columns: [&'static str; N],
    needed: usize,
    input: impl Read,
    sender: &SyncSender<Piece<[String; N]>>,
) -> Result<(), String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(input);
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    let name = |header: &str| header.trim_start_matches('\u{feff}').to_owned();
    let places = columns.map(|column| headers.iter().position(|header| name(header) == column));
    if places.iter().take(needed).any(Option::is_none) {
        let named: Vec<String> = columns.iter().take(needed).map(|column| format!("`{column}`")).collect();
        let noun = if needed == 1 { "column" } else { "columns" };
        return Err(format!("its first line must name the {noun} {}", named.join(" and ")));
    }
    if let Some(unknown) = headers.iter().map(name).find(|header| !columns.contains(&header.as_str())) {
        return Err(format!("there is no column `{unknown}`; there are {}", columns.join(", ")));
    }
    for record in reader.records() {
        let piece = match record {
            Ok(record) if record.len() == headers.len() => {
                let line = record.position().map_or(0, csv::Position::line);
                let cells = places.map(|at| at.and_then(|at| record.get(at)).unwrap_or_default().to_owned());
                Piece::One(line, cells)
            }
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                Piece::Wrong(line, format!("give {} fields, not {}", headers.len(), record.len()))
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
