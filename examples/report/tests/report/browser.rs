//! The page in Chromium: on a desk, on a phone and on paper.
//!
//! The browser is the one that the environment variable `CHROMIUM` names, else the first of Debian's and Google's names
//! in the path. Without any the test fails and says so; `WITHOUT_BROWSER=1` leaves it out.
//! What was seen is left in the target directory, as `tmp/pages/*.png` and `*.pdf`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Emulation, Network, Page};
use headless_chrome::types::PrintToPdfOptions;
use headless_chrome::{Browser, LaunchOptions, Tab};
use repurchase::scale::Language;
use serde_json::{Value, json};

use super::sections::FIGURES;
use super::{CDNOW, RETAIL, ReportOptions, day, figures, goods, read, report, shop_of};

const FLAGS: [&str; 7] = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--disable-dev-shm-usage",
];

/// `None` where the test is to be left out.
fn chromium() -> Option<PathBuf> {
    if std::env::var_os("WITHOUT_BROWSER").is_some() {
        eprintln!("WITHOUT_BROWSER is set: the page was not looked at in a browser");
        return None;
    }
    if let Some(path) = std::env::var_os("CHROMIUM") {
        return Some(path.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let found = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    let found = found.into_iter().find(|program| program.is_file());
    assert!(
        found.is_some(),
        "no Chromium in the path: install it (Debian: apt-get install chromium), name one in CHROMIUM, or set \
         WITHOUT_BROWSER=1 to leave this test out"
    );
    found
}

/// A page in a browser, and what it asked for and complained of.
struct Reader {
    tab: Arc<Tab>,
    requests: Arc<Mutex<Vec<String>>>,
    complaints: Arc<Mutex<Vec<String>>>,
    // Closes when dropped.
    _browser: Browser,
}

impl Reader {
    fn of(program: &Path, file: &Path) -> Self {
        let options = LaunchOptions {
            path: Some(program.to_path_buf()),
            // Chromium has no sandbox for root, and the page is our own.
            sandbox: false,
            ignore_certificate_errors: false,
            args: FLAGS.iter().map(OsStr::new).collect(),
            idle_browser_timeout: Duration::from_secs(120),
            ..LaunchOptions::default()
        };
        let browser = Browser::new(options).unwrap();
        let tab = browser.new_tab().unwrap();
        let (requests, complaints) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<Mutex<Vec<_>>>::default());
        let (asked, complained) = (Arc::clone(&requests), Arc::clone(&complaints));
        let listener = move |event: &Event| match event {
            Event::NetworkRequestWillBeSent(event) => asked.lock().unwrap().push(event.params.request.url.clone()),
            Event::LogEntryAdded(event) => complained.lock().unwrap().push(event.params.entry.text.clone()),
            Event::RuntimeExceptionThrown(event) => complained.lock().unwrap().push(format!("{:?}", event.params)),
            Event::RuntimeConsoleAPICalled(event) => complained.lock().unwrap().push(format!("{:?}", event.params)),
            _ => (),
        };
        tab.add_event_listener(Arc::new(listener)).unwrap();
        tab.enable_log().unwrap();
        tab.enable_runtime().unwrap();
        let enable: Network::Enable = serde_json::from_value(json!({})).unwrap();
        tab.call_method(enable).unwrap();
        tab.navigate_to(&format!("file://{}", file.display())).unwrap().wait_until_navigated().unwrap();
        Self { tab, requests, complaints, _browser: browser }
    }

    /// What a script says of the page.
    fn asks(&self, script: &str) -> Value {
        let script = format!("JSON.stringify({script})");
        let answer = self.tab.evaluate(&script, false).unwrap().value.unwrap();
        serde_json::from_str(answer.as_str().unwrap()).unwrap()
    }

    fn is(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        let size: Emulation::SetDeviceMetricsOverride = serde_json::from_value(size).unwrap();
        self.tab.call_method(size).unwrap();
    }

    /// All of the page, as it looks at a width.
    fn look(&self, width: u32, to: &Path) {
        self.is(width, 1000);
        let height = self.asks("document.documentElement.scrollHeight").as_u64().unwrap();
        self.is(width, u32::try_from(height).unwrap());
        let format = Page::CaptureScreenshotFormatOption::Png;
        fs::write(to, self.tab.capture_screenshot(format, None, None, true).unwrap()).unwrap();
        self.is(width, 1000);
    }
}

impl Reader {
    /// As on paper, with `print`; as on a screen, without.
    fn in_media(&self, media: &str) {
        let media: Emulation::SetEmulatedMedia = serde_json::from_value(json!({ "media": media })).unwrap();
        self.tab.call_method(media).unwrap();
    }

    /// On A4; how many sheets it takes.
    fn prints(&self, to: &Path) -> usize {
        let paper = PrintToPdfOptions { prefer_css_page_size: Some(true), ..PrintToPdfOptions::default() };
        let pdf = self.tab.print_to_pdf(Some(paper)).unwrap();
        let pages = pdf.windows(11).filter(|bytes| bytes.starts_with(b"/Type /Page") && bytes[10] == b'e').count();
        let trees = pdf.windows(12).filter(|bytes| bytes == b"/Type /Pages").count();
        fs::write(to, pdf).unwrap();
        pages - trees
    }

    #[track_caller]
    fn is_tidy(&self, shape: &str) {
        assert_eq!(self.asks(TOO_WIDE), json!([]), "{shape}");
        assert_eq!(self.asks("document.documentElement.scrollWidth"), self.asks("innerWidth"), "{shape}");
        assert_eq!(self.asks(CUT_OFF), json!([]), "{shape}");
        assert_eq!(self.asks(COVERED), json!([]), "{shape}");
        assert_eq!(self.asks(HIDDEN), json!([]), "{shape}");
        assert_eq!(self.asks(BROKEN), json!([]), "{shape}");
        assert_eq!(self.asks(SPLIT), json!([]), "{shape}");
        assert_eq!(self.asks(SMALL), json!([]), "{shape}");
        assert_eq!(self.asks(TARGETS), json!([]), "{shape}");
        assert_eq!(*self.complaints.lock().unwrap(), Vec::<String>::new(), "{shape}");
    }
}

/// Elements that stick out of the page, other than those that scroll by themselves.
const TOO_WIDE: &str = "[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll') && \
    e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + ': ' + e.textContent)";

/// Texts of the pictures that are seen and stick out of their picture.
const CUT_OFF: &str = "[...document.querySelectorAll('svg[role=img]')].filter(s => s.clientWidth > 0).flatMap(s => { \
    const b = s.getBoundingClientRect(); return [...s.querySelectorAll('text')].filter(t => { \
    const r = t.getBoundingClientRect(); \
    return r.left < b.left - 1 || r.right > b.right + 1 || r.top < b.top - 2 || r.bottom > b.bottom + 2; }) \
    .map(t => t.textContent); })";

/// Pairs of texts of one picture that cover each other.
const COVERED: &str = "[...document.querySelectorAll('svg[role=img]')].filter(s => s.clientWidth > 0).flatMap(s => { \
    const t = [...s.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]); \
    return t.flatMap(([a, p], i) => t.slice(i + 1).filter(([b, q]) => p.left < q.right - 1 && q.left < p.right - 1 && \
    p.top < q.bottom - 4 && q.top < p.bottom - 4).map(([b, q]) => a + ' / ' + b)); })";

/// Figures that are not seen.
const HIDDEN: &str = "[...document.querySelectorAll('figure')].filter(f => { const r = f.getBoundingClientRect(); \
    return r.width < 200 || r.height < 100 || ![...f.querySelectorAll('svg[role=img], table')] \
    .some(e => e.clientHeight > 80); }).map(f => f.id)";

/// Figures that are broken into lines, or wider than their place.
const BROKEN: &str = "[...document.querySelectorAll('.figure, .value, .act strong, .plain td:not(.name), .heat td b')].filter(e => { \
    const r = document.createRange(); r.selectNodeContents(e); const b = r.getBoundingClientRect(); \
    return b.height > 1.6 * parseFloat(getComputedStyle(e).lineHeight) || \
    (e.matches('.figure') && b.right > e.getBoundingClientRect().right + 1); }).map(e => e.textContent)";

/// Numbers with their signs and units, anywhere in the text, that a line ends within.
const SPLIT: &str = r"(() => { const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), split = [];
    while (texts.nextNode()) { const t = texts.currentNode, e = t.parentElement; if (!e.getClientRects().length ||
    e.closest('script, style, h1, h3')) continue;
    for (const m of t.data.matchAll(/[▲▼]?\s?[−¥£$€]*\d[\d.,]*\u2060?[%万亿×]?/g)) { const r = document.createRange();
    r.setStart(t, m.index + m[0].search(/\S/)); r.setEnd(t, m.index + m[0].length);
    const tops = [...r.getClientRects()].filter(b => b.width > 0).map(b => b.top);
    if (tops.some(top => Math.abs(top - tops[0]) > 3)) split.push(m[0] + ' in ' + t.data); } } return split; })()";

/// Texts of less than 12 pixels, as they are seen.
const SMALL: &str = "(() => { const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), small = new Set(); \
    while (texts.nextNode()) { const e = texts.currentNode.parentElement; if (!texts.currentNode.data.trim() || \
    !e.getClientRects().length || e.closest('script, style')) continue; const s = e.closest('svg'); \
    const scale = s ? s.getBoundingClientRect().width / s.viewBox.baseVal.width : 1; \
    const px = parseFloat(getComputedStyle(e).fontSize) * scale; \
    if (px < 11.99) small.add(e.textContent + ': ' + px); } return [...small]; })()";

/// What is clicked and is lower than 24 pixels.
const TARGETS: &str = "[...document.querySelectorAll('a, summary')].filter(e => { const r = e.getBoundingClientRect(); \
    return r.width > 0 && r.height < 24; }).map(e => e.textContent)";

/// Shops whose numbers and names are not those of the sample.
#[test]
fn other_shops() {
    let Some(program) = chromium() else { return };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).unwrap();
    let rich = (0..400).map(|n| (format!("c{}", n % 37), n * 3, 98_765_432_109 + i64::from(n)));
    let long = (0..4).map(|n| ("a-customer-of-a-name-without-a-space".repeat(9), 10 * n, 1000));
    for (name, (log, as_of)) in [
        ("retail", read(RETAIL)),
        ("few-days", (shop_of((0..40).map(|n| (format!("c{}", n % 17), n % 5, 500))), day(4))),
        ("alike", (shop_of((0..90).map(|n| (format!("c{}", n % 30), n / 30 * 31, 2500))), day(90))),
        ("once", (shop_of((0..90).map(|n| (format!("c{n}"), n * 2, 2500))), day(200))),
        ("rich", (shop_of(rich), day(1300))),
        ("long", (shop_of(long), day(90))),
    ] {
        let file = folder.join(format!("{name}.html"));
        let shop = "Shop".repeat(40);
        fs::write(&file, report(&log, as_of, &ReportOptions::default().with_shop(&shop)).unwrap().page).unwrap();
        let reader = Reader::of(&program, &file);
        is_tidy_everywhere(&reader, name, &folder);
    }
}

/// On a desk, on a phone and on paper.
#[track_caller]
fn is_tidy_everywhere(reader: &Reader, name: &str, folder: &Path) {
    for (width, shape) in [(1280, "desk"), (768, "tablet"), (390, "phone")] {
        reader.is(width, 1000);
        reader.is_tidy(&format!("{name}, {shape}"));
        // As of a shop of millions.
        reader.asks("[...document.querySelectorAll('.act strong')].map(count => count.append(',234,567'))");
        reader.is_tidy(&format!("{name} with many, {shape}"));
        reader.asks("[...document.querySelectorAll('.act strong')].map(count => count.lastChild.remove())");
    }
    let sheets = reader.prints(&folder.join(format!("{name}.pdf")));
    assert!(sheets <= 5, "{name}: {sheets} sheets");
}

/// A shop whose file says what was bought, in names that are longer than codes.
#[test]
fn a_shop_with_products() {
    let Some(program) = chromium() else { return };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).unwrap();
    let (log, lines, as_of) = goods::shop(|category| format!("Category {category}, sold in the shop and by mail"));
    for (language, name) in [(Language::English, "products-en"), (Language::Chinese, "products-zh")] {
        let file = folder.join(format!("{name}.html"));
        let options = ReportOptions::default().with_language(language).with_shop(name).with_lines(&lines);
        let options = options.with_currency("CNY").with_lists("lists/");
        fs::write(&file, report(&log, as_of, &options).unwrap().page).unwrap();
        let reader = Reader::of(&program, &file);
        assert_eq!(reader.asks("document.querySelectorAll('#goods figure').length"), 4);
        is_tidy_everywhere(&reader, name, &folder);
        reader.look(390, &folder.join(format!("{name}-phone.png")));
    }
}

fn see(language: Language, name: &str) {
    let Some(program) = chromium() else { return };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{name}.html"));
    let (log, as_of) = read(CDNOW);
    let title = if language == Language::Chinese { "CDNOW 唱片店" } else { "CDNOW, music by mail" };
    let options = ReportOptions::default().with_language(language).with_shop(title).with_lists("lists/");
    fs::write(&file, report(&log, as_of, &options).unwrap().page).unwrap();

    let reader = Reader::of(&program, &file);
    for (width, shape) in [(1280, "desk"), (768, "tablet"), (390, "phone")] {
        reader.look(width, &folder.join(format!("{name}-{shape}.png")));
        reader.is_tidy(shape);
        assert_eq!(reader.asks("document.querySelectorAll('figure').length"), FIGURES.len() + 1, "and the tiers");
    }
    figures::equal(
        &reader.asks("JSON.parse(document.getElementById('figures').textContent)"),
        &figures::summary(&log, as_of),
    );
    assert_eq!(reader.asks("document.documentElement.lang"), if name == "zh" { "zh-Hans" } else { "en" });

    let sheets = reader.prints(&folder.join(format!("{name}.pdf")));
    assert!((2..=5).contains(&sheets), "{sheets} sheets");
    // On paper, calls end on the first sheet and the numbers behind the charts are seen.
    reader.in_media("print");
    reader.is(711, 1032);
    assert_eq!(reader.asks("document.getElementById('calls').getBoundingClientRect().bottom + scrollY < 1032"), true);
    assert_eq!(reader.asks("[...document.querySelectorAll('figure .plain')].every(t => t.clientHeight > 40 || t.closest('#rates-chart') || t.matches('#gaps .plain + .plain'))"), true);
    reader.in_media("");
    reader.is(1280, 1000);

    let asked: Vec<String> = reader.requests.lock().unwrap().clone();
    let others: Vec<_> = asked.iter().filter(|url| !url.starts_with("file://") && !url.starts_with("data:")).collect();
    assert_eq!((others.len(), asked.iter().filter(|url| url.starts_with("file://")).count()), (0, 1), "{asked:?}");
    reader.is_tidy("after all");
}

#[test]
fn in_english() {
    see(Language::English, "en");
}

#[test]
fn in_chinese() {
    see(Language::Chinese, "zh");
}
