//! Orders and customers on an object store, which moto plays: `.ci/install` puts it in its place.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use super::common::{CDNOW, ROOT, cluster, directory, expected, same_parts, succeeds};
use super::servers::{Process, free_port, until};

/// Asks the store for something, and gives the body of its answer.
fn ask(port: u16, method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let mut store = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: AWS key:any\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    store.write_all(head.as_bytes()).unwrap();
    store.write_all(body).unwrap();
    let mut answer = Vec::new();
    store.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let body = answer.split_off(end);
    assert!(answer.starts_with(b"HTTP/1.1 2"), "{method} {path}: {}", String::from_utf8_lossy(&answer));
    body
}

#[test]
fn orders_and_customers_are_on_s3() {
    let server = Path::new(ROOT).join("examples/cluster/target/moto/bin/moto_server");
    assert!(server.exists(), "{} is not there: .ci/install puts it there", server.display());
    let port = free_port();
    let mut command = Command::new(server);
    command.args(["-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
    let _store = Process(command.spawn().unwrap());
    until("the store listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    ask(port, "PUT", "/shop", b"");
    ask(port, "PUT", "/shop/in/orders.csv", &fs::read(CDNOW).unwrap());

    let expected = expected(CDNOW, &[], "s3-expected");
    for partitions in ["4", "2"] {
        let mut job = cluster();
        job.args(["s3://shop/in/orders.csv", "--partitions", partitions, "--out", "s3://shop/out"]);
        job.env("AWS_ACCESS_KEY_ID", "key").env("AWS_SECRET_ACCESS_KEY", "secret").env("AWS_REGION", "us-east-1");
        job.env("AWS_ENDPOINT", format!("http://127.0.0.1:{port}")).env("AWS_ALLOW_HTTP", "true");
        succeeds(&job.output().unwrap());

        let found = directory(&format!("s3-found-{partitions}"));
        let list = String::from_utf8(ask(port, "GET", "/shop?list-type=2&prefix=out/", b"")).unwrap();
        for key in list.split("<Key>").skip(1).filter_map(|rest| Some(rest.split_once("</Key>")?.0)) {
            let path = found.join(key.strip_prefix("out/").unwrap());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, ask(port, "GET", &format!("/shop/{key}"), b"")).unwrap();
        }
        same_parts(&found, &expected, partitions.parse().unwrap());
    }
}
