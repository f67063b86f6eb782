//! What a careful person would ask before believing the numbers.

use maud::{Markup, html};
use repurchase_segment::notes::Note;

use super::Section;
use crate::words::Words;

/// `None` where there is nothing to ask.
pub(crate) fn section(words: Words, notes: &[Note]) -> Option<Section> {
    let count = notes.len();
    let lead = words.say(
        || match count {
            1 => "One thing to know, or to look into, about the data and the models.".to_owned(),
            _ => format!("{count} things to know, or to look into, about the data and the models."),
        },
        || format!("关于数据和模型，有 {count} 点需要了解或核实。"),
    );
    (count > 0).then(|| Section {
        id: "notes",
        title: words.of("Before you rely on the numbers", "使用这些数字之前"),
        lead,
        body: list(words, notes),
        note: String::new(),
    })
}

fn list(words: Words, notes: &[Note]) -> Markup {
    html! { ul class="notes" { @for note in notes { li data-code=(note.code) { (note.sentence(words.language)) } } } }
}
