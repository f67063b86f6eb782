//! What stands on the page.

use repurchase::scale::Language;
use repurchase::shop::{Figure, ShopModels, ShopOptions};

use super::{CDNOW, day, english, read, shop_of, text};

const FIGURES: [&str; 10] = [
    "rfm-map",
    "segments-table",
    "lorenz-chart",
    "tiers-table",
    "rates-chart",
    "cohorts-map",
    "gaps-chart",
    "frequency-chart",
    "tracking-chart",
    "calls-table",
];

#[test]
fn every_section_is_there_in_both_languages() {
    let (log, as_of) = read(CDNOW);
    let titles = [
        ("Last purchase and number of purchases", "最近一次消费与消费频率"),
        ("Who the customers are", "客户分群"),
        ("How few bring how much", "收入集中度"),
        ("Membership tiers", "会员等级"),
        ("Repurchase month by month", "按月复购率"),
        ("Do new customers stay", "新客留存"),
        ("Days between purchases", "购买间隔"),
        ("Who will come back", "谁会回来"),
        ("Whom to call first", "最值得联系的客户"),
    ];
    for language in [Language::English, Language::Chinese] {
        let page = repurchase_report::page(&log, Vec::new(), as_of, language, "CDNOW").unwrap();
        let (tag, other) = if language == Language::English { ("en", "中") } else { ("zh-Hans", "customers") };
        assert!(page.contains(&format!("<html lang=\"{tag}\">")));
        assert!(page.len() < 2_000_000, "{} bytes", page.len());
        for id in FIGURES {
            assert!(page.contains(&format!("<figure id=\"{id}\">")), "{id}");
        }
        for (english, chinese) in titles {
            let title = if language == Language::English { english } else { chinese };
            assert!(page.contains(&format!("title\">{title}</h2>")), "{title}");
        }
        assert!(!text(&page).contains(other), "a text is in the other language");
        assert!(!page.contains("NaN") && !page.contains("inf<"), "a number is none");
    }
}

#[test]
fn headline_figures_say_of_whom_they_are() {
    let (log, as_of) = read(CDNOW);
    let page = text(&english(&log, as_of));
    for sentence in [
        "1,152 of 2,357 customers bought twice or more",
        "4,562 of 6,919 purchases were not the customer’s first",
        "by 470 of 2,349 customers of revenue above 0",
        "The best 20% of customers (470) bring 67.3% of the revenue; 80% of it comes from 33.1% of them.",
        "In Jun 1998, 19.6% of the month’s buyers (27 of 138) bought twice or more",
        "Told only of what happened up to 30 Sep 1997, the model expected 1,577 purchase days in the 273 days after it. \
         There were 1,882. It expected 16.2% too few.",
        "720 of 1,139 repeat customers have let the day pass on which they were expected.",
    ] {
        assert!(page.contains(sentence), "{sentence}");
    }
}

#[test]
fn customers_to_call_have_their_reasons() {
    let (log, as_of) = read(CDNOW);
    let page = text(&english(&log, as_of));
    for reason in [
        "Churn-inclined: last purchase 109 days ago, expected every 30 days (mean gap 396/16 = 24.75 days, below 30): \
         3 cycles missed, churn-inclined from 3",
        "Champions: R 5, F 5; rule 10 of 10: R 5, F 4-5",
        "VIP: revenue 940.48, above 434.86 and at most 1022.77",
        "MBG/NBD: bought again on 16 days in the 505 days since the first, the last time 109 days ago; still a \
         customer with a probability of 46.8%, and then worth 136.38 in the next 90 days: 72.57 of it expected to be \
         lost",
    ] {
        assert!(page.contains(reason), "{reason}");
    }
}

/// In the library's order, with the library's numbers.
#[test]
fn customers_to_call_are_those_of_the_library() {
    let (log, as_of) = read(CDNOW);
    let ledger = log.ledger(as_of).unwrap();
    let models = ShopModels::fit(&ledger, &ShopOptions::default()).unwrap();
    let profiles = models.profile_all(&ledger).unwrap();
    let page = text(&english(&log, as_of));
    let mut rest = page.split_once("The customers most worth calling").unwrap().1;
    for &position in profiles.calls().iter().take(15) {
        let profile = profiles.get(position).unwrap();
        let number = |figure| profile.figure(figure).unwrap();
        for shown in [
            format!(" {} ", ledger.ids()[position]),
            format!("{:.1}%", 100.0 * number(Figure::ProbabilityAlive)),
            format!("{:.2}", number(Figure::ExpectedValue)),
            format!("{:.2}", number(Figure::ExpectedLoss)),
        ] {
            rest = rest.split_once(&shown).unwrap_or_else(|| panic!("{shown:?} does not follow")).1;
        }
    }
}

/// A rank is told with its days and counts, and nothing is certain by a model.
#[test]
fn ranks_and_probabilities_are_not_told_as_facts() {
    let (log, as_of) = read(CDNOW);
    let page = text(&english(&log, as_of));
    assert!(page.contains("699 customers (29.7%) last bought on 14 Apr 1997 or later and bought 3 times or more"));
    assert!(page.contains("456 of them have a P(alive) of 20% or more."));
    for word in ["lately", "likely gone", "Still a customer", "ranks mean little"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn pictures_speak_to_those_who_do_not_see_them() {
    let (log, as_of) = read(CDNOW);
    let page = english(&log, as_of);
    let pictures = page.matches("<svg").count();
    let silent = page.matches("aria-hidden=\"true\"").count();
    let speaking = page.matches("role=\"img\" aria-label=\"").count();
    assert_eq!(pictures, silent + speaking);
    // Five charts, each for a page and for a phone, and the table of each.
    assert_eq!((speaking, page.matches("<details>").count()), (10, 5));
    assert!(!page.contains("aria-label=\"\""));
}

#[test]
fn the_page_asks_nobody_for_anything() {
    let (log, as_of) = read(CDNOW);
    let page = english(&log, as_of);
    for word in ["http:", "https:", "src=", "url(", "@import", "<link rel=\"stylesheet", "<iframe", " on"] {
        let found = page.split('<').find(|element| {
            element.split('>').next().is_some_and(|tag| tag.contains(word)) && !element.starts_with("meta")
        });
        assert_eq!(found, None, "{word}");
    }
    assert_eq!(page.matches("<script").count(), 1, "figures for programs are no program");
}

#[test]
fn ids_and_titles_are_text() {
    let hostile = "</td><script>alert(1)</script>\"'&<!--";
    let orders = (0..12).flat_map(|n| (0..4).map(move |k| (format!("{hostile}{n}"), 10 * k + n, 1000)));
    let log = shop_of(orders);
    let page = repurchase_report::page(&log, Vec::new(), day(120), Language::English, hostile).unwrap();
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<!--") && !page.contains("alert(1)</script>"));
    assert!(page.contains("&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;"), "it is named, and as it is");
}
