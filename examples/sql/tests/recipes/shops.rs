//! The shops whose orders the databases are given.

use chrono_tz::Tz;
use repurchase::chrono::{DateTime, Duration, NaiveDate, TimeZone, Utc};
use repurchase::record::{Credit, Keyed, OrderStatus, Record};
use repurchase::rust_decimal::Decimal;
use repurchase::{Ledger, Order, PurchaseLog, ShopCalendar, Window};

#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) customer: String,
    pub(crate) placed_at: DateTime<Utc>,
    pub(crate) amount: Decimal,
    pub(crate) status: OrderStatus,
    pub(crate) refunded: Option<Decimal>,
}

impl Row {
    fn new(customer: &str, placed_at: &str, amount: &str) -> Self {
        Self {
            customer: customer.to_owned(),
            placed_at: placed_at.parse().unwrap(),
            amount: amount.parse().unwrap(),
            status: OrderStatus::Paid,
            refunded: Some(Decimal::ZERO),
        }
    }

    fn with_status(self, status: OrderStatus) -> Self {
        Self { status, ..self }
    }

    fn with_refunded(self, refunded: &str) -> Self {
        Self { refunded: refunded.parse().ok(), ..self }
    }

    fn record(&self) -> repurchase::Result<Record<String>> {
        if self.amount < Decimal::ZERO {
            return Ok(Credit::new(self.customer.clone(), self.placed_at, -self.amount)?.into());
        }
        let order = Order::new(self.customer.clone(), self.placed_at, self.amount)?.with_status(self.status);
        Ok(order.with_refunded(self.refunded.unwrap_or_default())?.into())
    }
}

pub(crate) struct Shop {
    pub(crate) name: &'static str,
    pub(crate) zone: Tz,
    pub(crate) rows: Vec<Row>,
    /// As of which questions are asked.
    pub(crate) days: Vec<NaiveDate>,
    /// Ascending.
    pub(crate) windows: Vec<Window>,
}

impl Shop {
    pub(crate) fn log(&self) -> PurchaseLog<String> {
        let records: Vec<_> = self.rows.iter().map(|row| row.record().unwrap()).collect();
        PurchaseLog::from_records(records, &ShopCalendar::new(self.zone)).unwrap()
    }

    /// The records, with a key of each order: its net cents modulo 3.
    pub(crate) fn keyed_log(&self) -> PurchaseLog<Keyed<String, i128>> {
        let keyed = |row: &Row| -> Record<Keyed<String, i128>> {
            let id = |key| Keyed { customer: row.customer.clone(), key };
            match row.record().unwrap() {
                Record::Credit(credit) => Credit::new(id(0), row.placed_at, credit.amount()).unwrap().into(),
                Record::Order(order) => {
                    let mut cents = order.net_amount();
                    cents.rescale(2);
                    let id = id(cents.mantissa() % 3);
                    let order = Order::new(id, row.placed_at, order.amount()).unwrap().with_status(order.status());
                    order.with_refunded(row.refunded.unwrap_or_default()).unwrap().into()
                }
            }
        };
        let records: Vec<_> = self.rows.iter().map(keyed).collect();
        PurchaseLog::from_records(records, &ShopCalendar::new(self.zone)).unwrap()
    }

    pub(crate) fn ledger(&self, as_of: NaiveDate) -> Ledger<String> {
        self.log().ledger(as_of).unwrap()
    }
}

pub(crate) fn shops() -> Vec<Shop> {
    let nasty = || nasty_rows().into_iter().chain(drawn_rows()).collect();
    let days = || days(&["2025-12-31", "2026-01-01", "2026-03-01", "2026-03-31", "2026-06-30", "2026-12-31"]);
    let windows = || {
        windows(&[
            ("2025-01-01", "2026-01-01"),
            ("2026-01-01", "2026-02-01"),
            ("2026-01-01", "2026-07-01"),
            ("2026-02-01", "2026-03-01"),
            ("2026-03-01", "2026-03-02"),
            ("2026-03-01", "2026-04-01"),
            ("2026-04-01", "2026-07-01"),
            ("2027-01-01", "2027-02-01"),
        ])
    };
    let one = vec![Row::new("only", "2026-03-01T12:00:00Z", "10.00")];
    vec![
        cdnow(),
        Shop {
            name: "nasty shop in Shanghai",
            zone: Tz::Asia__Shanghai,
            rows: nasty(),
            days: days(),
            windows: windows(),
        },
        // Its clocks go forward on 2026-03-08.
        Shop {
            name: "nasty shop in New York",
            zone: Tz::America__New_York,
            rows: nasty(),
            days: days(),
            windows: windows(),
        },
        Shop { name: "shop of one order", zone: Tz::UTC, rows: one, days: days(), windows: windows() },
        Shop { name: "shop without orders", zone: Tz::UTC, rows: Vec::new(), days: days(), windows: Vec::new() },
    ]
}

/// The sample that ships with the library.
fn cdnow() -> Shop {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/cdnow_orders.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let row = |row: csv::StringRecord| Row::new(&row[0], &format!("{}T00:00:00Z", &row[1]), &row[2]);
    Shop {
        name: "CDNOW",
        zone: Tz::UTC,
        rows: reader.records().map(|record| row(record.unwrap())).collect(),
        days: days(&["1997-09-30", "1998-06-30"]),
        windows: windows(&[
            ("1997-01-01", "1997-04-01"),
            ("1997-04-01", "1997-07-01"),
            ("1997-07-01", "1997-10-01"),
            ("1997-10-01", "1998-01-01"),
            ("1998-01-01", "1998-07-01"),
        ]),
    }
}

/// What goes wrong in shops, one case per customer.
fn nasty_rows() -> Vec<Row> {
    use OrderStatus::{Cancelled, Unpaid};
    let row = Row::new;
    vec![
        // A microsecond apart across midnight in Shanghai.
        row("midnight", "2026-03-01T15:59:59.999999Z", "5.10"),
        row("midnight", "2026-03-01T16:00:00Z", "5.10"),
        // Across the hour that New York skips, and its midnights before and after.
        row("clocks", "2026-03-08T04:59:59Z", "7.00"),
        row("clocks", "2026-03-08T05:00:00Z", "7.00"),
        row("clocks", "2026-03-09T03:59:59Z", "7.00"),
        row("clocks", "2026-03-09T04:00:00Z", "7.00"),
        row("refunds", "2026-01-10T12:00:00Z", "30.00").with_refunded("30.00"),
        row("refunds", "2026-02-10T12:00:00Z", "30.00").with_refunded("29.99"),
        row("refunds", "2026-03-10T12:00:00Z", "30.00").with_refunded("null"),
        row("all refunded", "2026-01-10T12:00:00Z", "30.00").with_refunded("30.00"),
        row("all refunded", "2026-01-11T12:00:00Z", "-4.00"),
        row("credits only", "2026-01-12T12:00:00Z", "-9.90"),
        row("credits only", "2026-02-12T12:00:00Z", "-0.01"),
        row("credits above spend", "2026-01-05T12:00:00Z", "-50.00"),
        row("credits above spend", "2026-02-05T12:00:00Z", "20.00"),
        row("free gift", "2026-02-20T12:00:00Z", "0.00"),
        row("free gift, then more", "2026-02-20T12:00:00Z", "0.00"),
        row("free gift, then more", "2026-03-20T12:00:00Z", "0.00"),
        row("never paid", "2026-01-15T12:00:00Z", "99.00").with_status(Unpaid),
        row("never paid", "2026-01-16T12:00:00Z", "99.00").with_status(Cancelled),
        row("never paid", "2026-01-17T12:00:00Z", "99.00").with_status(Cancelled).with_refunded("99.00"),
        row("twice on the first day", "2026-01-20T02:00:00Z", "1.00"),
        row("twice on the first day", "2026-01-20T03:00:00Z", "2.00"),
        row("twice on the first day", "2026-04-20T03:00:00Z", "4.00"),
        row("credited later", "2026-01-20T03:00:00Z", "40.00"),
        row("credited later", "2026-05-01T03:00:00Z", "-15.00"),
        row("large", "2026-02-02T03:00:00Z", "9999999999999999.99"),
        row("large", "2026-02-03T03:00:00Z", "9999999999999999.99"),
        // Mean gaps of exactly 30, 50 and 80 days, and of 89/3.
        row("every 30 days", "2026-01-01T12:00:00Z", "10.00"),
        row("every 30 days", "2026-01-31T12:00:00Z", "10.00"),
        row("every 50 days", "2026-01-01T12:00:00Z", "10.00"),
        row("every 50 days", "2026-02-20T12:00:00Z", "10.00"),
        row("every 80 days", "2026-01-01T12:00:00Z", "10.00"),
        row("every 80 days", "2026-03-22T12:00:00Z", "10.00"),
        row("every 80 days, thrice", "2026-01-01T12:00:00Z", "10.00"),
        row("every 80 days, thrice", "2026-03-22T12:00:00Z", "10.00"),
        row("every 80 days, thrice", "2026-06-10T12:00:00Z", "10.00"),
        row("every 29.67 days", "2026-01-01T12:00:00Z", "10.00"),
        row("every 29.67 days", "2026-01-02T12:00:00Z", "10.00"),
        row("every 29.67 days", "2026-01-09T12:00:00Z", "10.00"),
        row("every 29.67 days", "2026-03-31T12:00:00Z", "10.00"),
        row("O'Neil, \"Mac\"", "2026-02-01T12:00:00Z", "12.34"),
        row("王小明", "2026-02-01T12:00:00Z", "12.34"),
    ]
}

/// Many more, of few days and amounts, so that there are ties everywhere.
fn drawn_rows() -> Vec<Row> {
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut rows = Vec::new();
    for _ in 0..400 {
        let customer = format!("c{:02}", draw(90));
        let start = Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap();
        // Half of the hours lie next to a midnight of Shanghai or New York.
        let hour = [4, 5, 15, 16, 0, 12][usize::try_from(draw(6)).unwrap()];
        let placed_at = start + Duration::days(i64::try_from(draw(180)).unwrap()) + Duration::hours(hour);
        let cents = [0, 990, 2000, 2000, 4550, 12_001][usize::try_from(draw(6)).unwrap()];
        let amount = Decimal::new(cents, 2);
        let row = Row { customer, placed_at, amount, status: OrderStatus::Paid, refunded: None };
        rows.push(match draw(20) {
            0 | 1 => row.with_status(OrderStatus::Unpaid),
            2 => row.with_status(OrderStatus::Cancelled),
            3 => Row { refunded: Some(amount), ..row },
            4 => Row { refunded: Some(amount / Decimal::TEN).map(|part| part.round_dp(2)), ..row },
            5 if cents > 0 => Row { amount: -amount, ..row },
            _ => row,
        });
    }
    rows
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn days(texts: &[&str]) -> Vec<NaiveDate> {
    texts.iter().map(|text| day(text)).collect()
}

fn windows(bounds: &[(&str, &str)]) -> Vec<Window> {
    bounds.iter().map(|(start, end)| Window::new(day(start), day(end)).unwrap()).collect()
}
