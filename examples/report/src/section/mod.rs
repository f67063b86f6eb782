//! The page's sections, one file each.

mod act;
mod calls;
mod cohorts;
mod folded;
mod gaps;
mod goods;
mod months;
mod now;
mod rfm;
mod second;
mod segments;
mod value;
mod worth;

use maud::{Markup, html};
use repurchase::Error;

use crate::shop::Buyers;
use crate::words::Words;

pub(crate) use act::section as act;
pub(crate) use calls::section as calls;
pub(crate) use folded::{forecast, notes, terms};
pub(crate) use now::section as now;

/// A part of the page: what is found, in a sentence, then how.
pub(crate) struct Section {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) lead: String,
    pub(crate) body: Markup,
    /// Who is counted, and how.
    pub(crate) note: String,
}

impl Section {
    pub(crate) fn markup(&self) -> Markup {
        html! {
            section id=(self.id) aria-labelledby=(format!("{}-title", self.id)) {
                h2 id=(format!("{}-title", self.id)) { (self.title) }
                @if !self.lead.is_empty() { p class="lead" { (self.lead) } }
                (self.body)
                @if !self.note.is_empty() { p class="note" { (self.note) } }
            }
        }
    }

    /// Folded away until it is asked for.
    pub(crate) fn folded(&self) -> Markup {
        html! {
            details class="folded" id=(self.id) {
                summary { h2 { (self.title) } }
                @if !self.lead.is_empty() { p class="lead" { (self.lead) } }
                (self.body)
                @if !self.note.is_empty() { p class="note" { (self.note) } }
            }
        }
    }
}

/// The analysis, in the order of the page.
pub(crate) fn analysis(words: Words<'_>, buyers: &Buyers<'_>, lists: Option<&str>) -> Result<Vec<Section>, Error> {
    let mut sections = vec![months::section(words, buyers)];
    sections.extend(segments::section(words, buyers, lists));
    sections.extend(rfm::section(words, buyers));
    sections.extend([
        second::section(words, buyers),
        cohorts::section(words, buyers)?,
        value::section(words, buyers)?,
        gaps::section(words, buyers),
    ]);
    sections.extend(goods::section(words, buyers, lists));
    sections.push(worth::section(words, buyers)?);
    Ok(sections)
}

/// The first row of a table: what its columns hold.
fn heads(names: &[impl AsRef<str>]) -> Markup {
    html! { thead { tr { @for name in names { th scope="col" { (name.as_ref()) } } } } }
}

/// A list's place, where lists lie beside the page.
fn list_link(words: Words<'_>, lists: Option<&str>, name: &str, what: &str) -> Markup {
    html! {
        @if let Some(folder) = lists {
            a class="list" download href=(format!("{folder}{name}")) {
                (words.of("List", "名单")) span class="hidden" { " " (what) } " (CSV)"
            }
        }
    }
}
