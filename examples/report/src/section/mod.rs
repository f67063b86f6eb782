//! The page's sections, one file each.

mod calls;
mod cohorts;
mod gaps;
mod headline;
mod lorenz;
mod notes;
mod outlook;
mod rates;
mod rfm;
mod segments;
mod tiers;

use maud::{Markup, html};
use repurchase::Error;

use crate::shop::{Buyers, Shop};
use crate::words::Words;

pub(crate) use headline::headline;
pub(crate) use notes::section as notes;

/// A part of the page: what is found, in a sentence, then how.
pub(crate) struct Section {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
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
                p class="lead" { (self.lead) }
                (self.body)
                @if !self.note.is_empty() { p class="note" { (self.note) } }
            }
        }
    }
}

/// All of them, in the order of the page.
pub(crate) fn sections(words: Words, shop: &Shop, buyers: &Buyers<'_>) -> Result<Vec<Section>, Error> {
    let mut sections: Vec<Section> = notes(words, &shop.notes).into_iter().collect();
    sections.extend([
        rfm::section(words, shop, buyers),
        segments::section(words, buyers),
        lorenz::section(words, buyers),
        tiers::section(words, buyers),
        rates::section(words, buyers),
        cohorts::section(words, buyers)?,
        gaps::section(words, shop, buyers),
        outlook::section(words, buyers),
        calls::section(words, shop, buyers),
    ]);
    Ok(sections)
}

/// The first row of a table: what its columns hold.
fn heads(names: &[impl AsRef<str>]) -> Markup {
    html! { thead { tr { @for name in names { th scope="col" { (name.as_ref()) } } } } }
}
