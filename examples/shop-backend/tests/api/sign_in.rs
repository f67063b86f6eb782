//! A person with a browser: redirected to sign in, signed in by a cookie that may read, signed out.

use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, StatusCode, redirect};
use serde_json::json;

use crate::harness::{Database, READ, Shop, WRITE, on_both};

on_both![a_browser_signs_in_reads_and_signs_out, wrong_tokens_are_refused_and_counted];

struct Browser {
    client: Client,
    address: String,
}

impl Browser {
    fn new(shop: &Shop) -> Self {
        let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Self { client, address: format!("http://{}", shop.address()) }
    }

    async fn send(&self, method: Method, path: &str, cookie: &str, body: &str) -> (StatusCode, HeaderMap, String) {
        let request = self.client.request(method, format!("{}{path}", self.address)).header("Accept", "text/html,*/*");
        let request = request.header("Cookie", cookie).header("Content-Type", "application/x-www-form-urlencoded");
        let response = request.body(body.to_owned()).send().await.unwrap();
        (response.status(), response.headers().clone(), response.text().await.unwrap())
    }
}

async fn a_browser_signs_in_reads_and_signs_out(database: Database) {
    let name = [("SHOP_NAME", "Käthe & Söhne <1>"), ("SHOP_TODAY", "2026-03-31"), ("CURRENCY", "EUR")];
    let shop = Shop::start_with(&database, &name);
    let browser = Browser::new(&shop);
    let (status, headers, _) = browser.send(Method::GET, "/docs-not", "", "").await;
    assert_eq!((status, headers.get(LOCATION)), (StatusCode::NOT_FOUND, None), "what is not there is nobody's secret");
    let (status, headers, _) = browser.send(Method::GET, "/customers.csv?sort=revenue", "", "").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let place = headers[LOCATION].to_str().unwrap();
    assert_eq!(place, "/sign-in?next=/customers.csv%3Fsort%3Drevenue");
    let (status, _, page) = browser.send(Method::GET, &format!("{place}&lang=zh"), "", "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("访问令牌") && page.contains("Käthe &amp; Söhne &lt;1&gt;"), "{page}");
    assert!(page.contains("value=\"/customers.csv?sort=revenue\""), "{page}");

    let entered = format!("token={READ}&next=/customers.csv%3Fsort%3Drevenue");
    let (status, headers, _) = browser.send(Method::POST, "/sign-in", "", &entered.replace('!', "%21")).await;
    assert_eq!((status, headers[LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, "/customers.csv?sort=revenue"));
    let set = headers[SET_COOKIE].to_str().unwrap();
    assert!(set.contains("; HttpOnly") && set.contains("; SameSite=Lax") && !set.contains("Secure"), "{set}");
    let cookie = set.split(';').next().unwrap();
    assert!(!set.contains(READ) && cookie.len() > 64, "{set}");
    for path in ["/", "/customers.csv", "/segments?lang=en", "/campaigns"] {
        assert_eq!(browser.send(Method::GET, path, cookie, "").await.0, StatusCode::OK, "{path}");
    }
    let about = browser.send(Method::GET, "/shop", cookie, "").await.2;
    assert!(about.contains("\"name\":\"Käthe & Söhne <1>\"") && about.contains("\"currency\":\"EUR\""), "{about}");
    // It may read and no more, so that no other site can make it write.
    assert_eq!(browser.send(Method::POST, "/orders", cookie, "{}").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.send(Method::DELETE, "/customers/ann", cookie, "").await.0, StatusCode::UNAUTHORIZED);
    // The database has no secret.
    let pool = database.connect().await;
    let stored: String = sqlx::query_scalar("SELECT session FROM sessions").fetch_one(&pool).await.unwrap();
    assert!(!cookie.contains(&stored), "{stored}");
    let forged = browser.send(Method::GET, "/segments", &format!("shop_session={stored}"), "").await;
    assert_eq!(forged.0, StatusCode::SEE_OTHER);
    sqlx::query("UPDATE sessions SET expires_at = 1").execute(&pool).await.unwrap();
    assert_eq!(browser.send(Method::GET, "/segments", cookie, "").await.0, StatusCode::SEE_OTHER, "it is over");
    sqlx::query("UPDATE sessions SET expires_at = 9000000000000000").execute(&pool).await.unwrap();
    pool.close().await;
    let (status, headers, _) = browser.send(Method::POST, "/sign-out", cookie, "").await;
    assert_eq!((status, headers[LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, "/sign-in"));
    assert!(headers[SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(browser.send(Method::GET, "/segments", cookie, "").await.0, StatusCode::SEE_OTHER, "signed out");
    // A program is told what it lacks, and not led to a page.
    assert_eq!(shop.anonymous(Method::GET, "/segments").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

async fn wrong_tokens_are_refused_and_counted(database: Database) {
    let shop = Shop::start(&database);
    let browser = Browser::new(&shop);
    // Behind a proxy that ends TLS, the cookie is for TLS.
    let request = browser.client.post(format!("{}/sign-in", browser.address)).header("X-Forwarded-Proto", "https");
    let request = request.header("Content-Type", "application/x-www-form-urlencoded");
    let response = request.body(format!("token={WRITE}&next=//evil.example")).send().await.unwrap();
    assert!(response.headers()[SET_COOKIE].to_str().unwrap().ends_with("; Secure"));
    assert_eq!(response.headers()[LOCATION], "/", "to this shop only");
    for _ in 0..10 {
        let (status, headers, page) = browser.send(Method::POST, "/sign-in", "", "token=guessed").await;
        assert_eq!((status, headers.get(SET_COOKIE)), (StatusCode::FORBIDDEN, None));
        assert!(page.contains("not a token of this shop") && !page.contains("guessed"), "{page}");
    }
    let (status, headers, _) = browser.send(Method::POST, "/sign-in", "", &format!("token={WRITE}")).await;
    assert_eq!((status, headers["retry-after"].to_str().unwrap()), (StatusCode::TOO_MANY_REQUESTS, "60"));
    assert_eq!(shop.ok("/segments").await["segments"], json!([]), "programs go on");
}
