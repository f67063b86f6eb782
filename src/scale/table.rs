//! Text in columns, as a terminal shows it.

use core::fmt;

use rust_decimal::Decimal;

use crate::scale::Ratio;

/// The width from which a table goes on below: terminals and pages are about this wide.
const WIDTH: usize = 120;

const BETWEEN: &str = "  ";

/// Lines of cells under a line of names. The first columns name the line and stand to the left, all others to the right.
///
/// Where the columns are wider than 120 characters together, the table goes on below, with the names of the lines again.
/// Printed without a line break at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextTable {
    names: usize,
    lines: Vec<Vec<String>>,
}

impl TextTable {
    /// Makes a table of these columns, the first `names` of which name the line.
    pub(crate) fn new<S: Into<String>>(names: usize, header: impl IntoIterator<Item = S>) -> Self {
        Self { names, lines: vec![header.into_iter().map(Into::into).collect()] }
    }

    /// Adds a line. A cell that it lacks is empty.
    pub(crate) fn push(&mut self, line: Vec<String>) {
        self.lines.push(line);
    }

    /// The width of each column.
    fn widths(&self) -> Vec<usize> {
        let columns = self.lines.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            let cells = self.lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| width_of(cell)).max().unwrap_or_default()
        };
        (0..columns).map(width).collect()
    }

    /// The columns of each block, those of names left out.
    fn blocks(&self, widths: &[usize]) -> Vec<core::ops::Range<usize>> {
        let names = self.names.min(widths.len());
        let room = WIDTH.saturating_sub(widths.iter().take(names).map(|width| width + BETWEEN.len()).sum());
        let (mut blocks, mut start, mut used) = (Vec::new(), names, 0);
        for (column, width) in widths.iter().enumerate().skip(names) {
            used += width + BETWEEN.len();
            if used > room && column > start {
                blocks.push(start..column);
                (start, used) = (column, width + BETWEEN.len());
            }
        }
        blocks.push(start..widths.len());
        blocks
    }
}

impl fmt::Display for TextTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for (number, block) in self.blocks(&widths).into_iter().enumerate() {
            if number > 0 {
                f.write_str("\n\n")?;
            }
            for (position, line) in self.lines.iter().enumerate() {
                let mut text = String::new();
                for column in (0..self.names.min(widths.len())).chain(block.clone()) {
                    let cell = line.get(column).map_or("", String::as_str);
                    let space = " ".repeat(widths[column].saturating_sub(width_of(cell)));
                    let before = if column == 0 { "" } else { BETWEEN };
                    let [left, right] = if column < self.names { [cell, &space] } else { [&space, cell] };
                    text.extend([before, left, right]);
                }
                let end = if position > 0 { "\n" } else { "" };
                write!(f, "{end}{}", text.trim_end())?;
            }
        }
        Ok(())
    }
}

/// The places that a text takes in a terminal: two for a Chinese character.
fn width_of(text: &str) -> usize {
    let is_wide = |character: char| {
        let ranges =
            ['\u{1100}'..='\u{115f}', '\u{2e80}'..='\u{a4cf}', '\u{ac00}'..='\u{d7a3}', '\u{f900}'..='\u{faff}'];
        let more =
            ['\u{fe30}'..='\u{fe6f}', '\u{ff00}'..='\u{ff60}', '\u{ffe0}'..='\u{ffe6}', '\u{20000}'..='\u{3fffd}'];
        ranges.iter().chain(&more).any(|range| range.contains(&character))
    };
    text.chars().map(|character| 1 + usize::from(is_wide(character))).sum()
}

/// `109   36.33%`, the share in places of its own; `0        -` of nobody.
pub(crate) fn counted(ratio: Ratio) -> String {
    format!("{}  {}", ratio.count(), share(ratio))
}

/// ` 36.33%`; a dash of nobody.
pub(crate) fn share(ratio: Ratio) -> String {
    let share = ratio.value().map(|share| format!("{:.2}%", share * 100.0));
    format!("{:>7}", share.as_deref().unwrap_or("-"))
}

/// An amount with `scale` decimals; a dash for none. a dash for none.
pub(crate) fn amount(amount: Option<Decimal>, scale: u32) -> String {
    amount.map_or("-".to_owned(), |amount| format!("{:.1$}", amount.round_dp(scale), scale as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let mut table = TextTable::new(1, ["channel", "customers", "revenue"]);
        table.push(vec!["小程序".into(), "12".into(), "1.00".into()]);
        table.push(vec!["web".into(), "1".into()]);
        assert_eq!(table.to_string(), "channel  customers  revenue\n小程序          12     1.00\nweb              1");
        assert_eq!(TextTable::new(1, ["days", "customers"]).to_string(), "days  customers");
        assert_eq!(TextTable::new::<&str>(1, []).to_string(), "");
    }

    #[test]
    fn wide_tables_go_on_below() {
        let mut table = TextTable::new(1, (0..5).map(|column| format!("{column:>40}")));
        table.push((0..5).map(|column| column.to_string()).collect());
        let text = table.to_string();
        assert_eq!(text.lines().filter(|line| line.starts_with('0')).count(), 4, "{text}");
        assert!(text.lines().all(|line| line.len() <= WIDTH && line.trim_end() == line), "{text}");
    }

    #[test]
    fn shares_of_nobody_are_dashes() {
        assert_eq!(counted(Ratio::counted(109, 300)), "109   36.33%");
        assert_eq!(counted(Ratio::counted(3, 3)), "3  100.00%");
        assert_eq!(counted(Ratio::default()), "0        -");
        assert_eq!([amount(Some(Decimal::new(125, 2)), 1), amount(None, 1)], ["1.2", "-"]);
    }
}
