//! What stands on the page.

use repurchase::scale::Language;

use super::{CDNOW, RETAIL, ReportOptions, day, english, page, read, report, shop_of, text};

pub(super) const FIGURES: [&str; 11] = [
    "revenue-chart",
    "rates-chart",
    "segments-table",
    "rfm-map",
    "rm-map",
    "second-chart",
    "third-chart",
    "cohorts-map",
    "value-map",
    "gaps-chart",
    "lorenz-chart",
];

#[test]
fn every_section_is_there_in_both_languages() {
    let (log, as_of) = read(CDNOW);
    let titles = [
        ("The last 30 days", "最近 30 天"),
        ("What to do now", "当前要做的事"),
        ("Whom to call first", "优先回访"),
        ("Month by month", "按月趋势"),
        ("Who the customers are", "客户分群"),
        ("Last purchase, orders and revenue", "最近购买、支付订单数与成交金额"),
        ("From the first purchase to the second", "首购到二购"),
        ("Do new customers stay", "新客留存（按首购同期群）"),
        ("What new customers bring", "新客人均累计成交金额"),
        ("Days between purchases", "购买间隔"),
        ("How few bring how much", "成交集中度与会员等级"),
        ("Forecast, and how far to trust it", "复购预测与回测"),
        ("What the words mean", "名词解释"),
    ];
    for language in [Language::English, Language::Chinese] {
        let page = page(&log, as_of, language);
        let (tag, other) = if language == Language::English { ("en", "中") } else { ("zh-Hans", "customers") };
        assert!(page.contains(&format!("<html lang=\"{tag}\">")));
        assert!(page.len() < 2_000_000, "{} bytes", page.len());
        for id in FIGURES {
            assert!(page.contains(&format!("<figure id=\"{id}\">")), "{id}");
        }
        // What to do comes before the analysis, and that before what folds away.
        let mut rest = &*page;
        for (english, chinese) in titles {
            let title = if language == Language::English { english } else { chinese };
            rest = rest.split_once(&format!(">{title}")).unwrap_or_else(|| panic!("{title} does not follow")).1;
        }
        assert!(!text(&page).contains(other), "a text is in the other language");
        assert!(!page.contains("NaN") && !page.contains("inf<"), "a number is none");
    }
}

/// The words of those who run shops, one for each figure.
#[test]
fn chinese_is_an_operators() {
    let (log, as_of) = read(RETAIL);
    let page = text(&page(&log, as_of, Language::Chinese));
    for word in
        ["贷记", "购买次数 →", "消费金额", "批次", "逾期", "待复购", "流失倾向", "策略手册", " ，", "， ", " 。"]
    {
        assert!(!page.contains(word), "{word}");
    }
    for word in ["成交金额", "支付订单数", "客单价", "老客占比", "环比", "回购周期", "运营策略", "退款/冲减", "万"]
    {
        assert!(page.contains(word), "{word}");
    }
}

/// A rank is told with its days and counts, nothing is certain by a model, and P(alive) is no verdict.
#[test]
fn ranks_and_probabilities_are_not_told_as_facts() {
    let (log, as_of) = read(CDNOW);
    let page = english(&log, as_of);
    // The forecast, which folds away, may speak of models.
    let (shown, _) = page.split_once("<details class=\"folded\" id=\"forecast\">").unwrap();
    let page = text(&format!("{shown}<script>"));
    assert!(page.contains("699 customers last bought on 14 Apr 1997 or later and ordered 3 times or more"));
    for word in ["lately", "likely gone", "Still a customer", "ranks mean little", "P(alive)"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn what_is_not_over_or_not_known_is_marked_and_in_no_headline() {
    let (log, as_of) = read(RETAIL);
    let page = english(&log, as_of);
    let text = text(&page);
    // The records begin with December 2010 and end within that of 2011.
    assert!(text.contains("In Nov 2011, "), "{text}");
    assert!(text.contains("The last month goes on after 9 Dec 2011"));
    assert!(page.contains("fill=\"url(#hatch)\""));
    assert!(text.contains("Dec 2011 (so far)"));
    assert!(page.contains("<tr class=\"old\"><th scope=\"row\">Dec 2010 "));
    let cells = page.split_once("id=\"cohorts-map\"").unwrap().1.split_once("</table>").unwrap().0;
    let open = cells.matches(" open\"").count();
    assert_eq!(
        open,
        cells.matches("<tr><th scope=\"row\">").count() + 1 - 2,
        "the last cell of each cohort but the newest, which has none: {cells}"
    );
    assert!(text.contains("The records begin on 1 Dec 2010 and do not cover the same days a year ago."));
}

#[test]
fn few_customers_have_no_segments() {
    let orders = (0..30_u32).flat_map(|n| (0..4).map(move |k| (format!("c{n}"), 10 * k + n, 1000 + i64::from(n))));
    let options = ReportOptions::default().with_lists("lists/");
    let report = report(&shop_of(orders), day(120), &options).unwrap();
    assert!(text(&report.page).contains("Segments, tiers and ranks are left out: among 30 customers they mean little"));
    for id in ["id=\"segments-table", "id=\"rfm-map", "id=\"rm-map", "id=\"tiers-table", "data-trigger=\"near_tier\""] {
        assert!(!report.page.contains(id), "{id}");
    }
    let names: Vec<_> = report.lists.iter().map(|list| &*list.name).collect();
    assert_eq!(names, ["late.csv", "at_risk.csv", "window_closing.csv", "due_soon.csv"]);
}

#[test]
fn a_shop_has_a_currency() {
    let log = shop_of((0..90).map(|n| (format!("c{}", n % 60), n * 2, 1_234_500)));
    let report = |language, code| {
        let options = ReportOptions::default().with_language(language).with_currency(code);
        text(&report(&log, day(180), &options).unwrap().page)
    };
    assert!(report(Language::English, "GBP").contains("£185,175"));
    assert!(report(Language::Chinese, "CNY").contains("¥18.52万"));
    assert!(report(Language::English, "CHF").contains("CHF\u{a0}185,175"));
}

#[test]
fn pictures_speak_to_those_who_do_not_see_them() {
    let (log, as_of) = read(CDNOW);
    let page = english(&log, as_of);
    let pictures = page.matches("<svg").count();
    let silent = page.matches("aria-hidden=\"true\"").count();
    let speaking = page.matches("role=\"img\" aria-label=\"").count();
    assert_eq!(pictures, silent + speaking);
    // Six charts, each for a desk and for a phone, and the table of each; a picture says a sentence.
    assert_eq!((speaking, page.matches("<details>").count()), (12, 6));
    for says in page.split("role=\"img\" aria-label=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(says.contains('.') && says.len() > 40, "{says:?}");
    }
}

#[test]
fn the_page_asks_nobody_for_anything() {
    let (log, as_of) = read(CDNOW);
    let page = report(&log, as_of, &ReportOptions::default().with_lists("lists/")).unwrap().page;
    for word in [
        "http:",
        "https:",
        "src=",
        "@import",
        "<link rel=\"stylesheet",
        "<iframe",
        " onload=",
        " onclick=",
        " onerror=",
    ] {
        let found = page.split('<').find(|element| {
            element.split('>').next().is_some_and(|tag| tag.contains(word)) && !element.starts_with("meta")
        });
        assert_eq!(found, None, "{word}");
    }
    // Only patterns of the page itself.
    assert_eq!(page.matches("url(").count(), page.matches("url(#hatch").count());
    assert_eq!(page.matches("<script").count(), 1, "figures for programs are no program");
}

#[test]
fn ids_and_names_are_text() {
    let hostile = "</td><script>alert(1)</script>\"'&<!--";
    let orders = (0..12).flat_map(|n| (0..4).map(move |k| (format!("{hostile}{n}"), 10 * k + n, 1000)));
    let options = ReportOptions::default().with_shop(hostile).with_currency(hostile).with_lists("lists/");
    let report = report(&shop_of(orders), day(120), &options).unwrap();
    let page = &report.page;
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<!--") && !page.contains("alert(1)</script>"));
    assert!(page.contains("&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;"), "it is named, and as it is");
    let late = &report.lists[0].csv;
    assert!(late.contains("\n\"</td><script>alert(1)</script>\"\"'&<!--"), "{late}");
}
