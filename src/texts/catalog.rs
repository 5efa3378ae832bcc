//! The texts of `locales/`, embedded in the program.

use std::sync::LazyLock;

use fluent_bundle::{
    FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle, memoizer::MemoizerKind, types::FluentNumber,
};
use unic_langid::LanguageIdentifier;

use super::{Arg, language::Language, number};

#[derive(rust_embed::Embed)]
#[folder = "locales/"]
struct Files;

static ENGLISH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Language::English));
static GERMAN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Language::German));

fn bundle_of(language: Language) -> &'static FluentBundle<FluentResource> {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = language.as_str().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Marks around what is put in would end up in attributes, titles and what people copy.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::English => english,
        Language::German => german,
    }));
    for (file, text) in files(language) {
        let resource = FluentResource::try_new(text).unwrap_or_else(|(resource, errors)| {
            tracing::error!(file, ?errors, "A catalog of texts has faults");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(file, ?errors, "A catalog of texts has keys twice");
        }
    }
    bundle
}

/// The files of a language, with their names.
pub(super) fn files(language: Language) -> impl Iterator<Item = (String, String)> {
    Files::iter().filter(move |path| path.split('/').next() == Some(language.as_str())).filter_map(|path| {
        let file = Files::get(&path)?;
        Some((path.to_string(), String::from_utf8_lossy(&file.data).into_owned()))
    })
}

fn english<M: MemoizerKind>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    formatted(Language::English, value)
}

fn german<M: MemoizerKind>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    formatted(Language::German, value)
}

fn formatted(language: Language, value: &FluentValue<'_>) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    Some(number::whole_in(language, number.as_string().parse().ok()?))
}

/// The text called `key`, with `args` put in. The key itself where there is no such text, so that the page still says
/// what it is about.
pub(super) fn text(language: Language, key: &str, args: &[(&str, Arg)]) -> String {
    let bundle = bundle_of(language);
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        tracing::error!(key, language = language.as_str(), "There is no such text");
        return key.to_owned();
    };
    let mut given = FluentArgs::with_capacity(args.len());
    for (name, arg) in args {
        match arg {
            Arg::Text(text) | Arg::Markup(text) => given.set(*name, text.as_str()),
            Arg::Number(number) => given.set(*name, FluentNumber::from(*number)),
            // Told before it comes here.
            Arg::Message(message) => given.set(*name, message.key()),
        }
    }
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&given), &mut errors);
    if !errors.is_empty() {
        tracing::error!(key, language = language.as_str(), ?errors, "A text lacks what is to be put into it");
    }
    text.into_owned()
}
