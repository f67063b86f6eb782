//! HTTP over one connection, with as little work as can be: it is the server that is measured.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Failure;

pub(crate) struct Client {
    stream: TcpStream,
    token: String,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: &str, token: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, token: token.to_owned(), buffer: Vec::with_capacity(1 << 16) })
    }

    pub(crate) async fn post(&mut self, body: &str) -> Result<(), Failure> {
        self.request("POST", "/orders", body, &[201]).await.map(|_| ())
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<(), Failure> {
        self.request("GET", path, "", &[200]).await.map(|_| ())
    }

    /// Answered when it is done, or when it takes longer than the server lets a caller wait.
    pub(crate) async fn begin_fit(&mut self) -> Result<(), Failure> {
        self.request("POST", "/models/fit", "", &[201, 202]).await.map(|_| ())
    }

    /// The body of an answer of the expected status.
    pub(crate) async fn request(
        &mut self,
        method: &str,
        path: &str,
        body: &str,
        expected: &[u16],
    ) -> Result<String, Failure> {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}",
            self.token
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            let Some(head) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
            let text = std::str::from_utf8(&self.buffer[..head])?.to_ascii_lowercase();
            let length = text.split_once("content-length: ").ok_or("no Content-Length")?.1;
            let length: usize = length.split("\r\n").next().unwrap_or("").parse()?;
            if self.buffer.len() < head + 4 + length {
                continue;
            }
            let body = String::from_utf8_lossy(&self.buffer[head + 4..]).into_owned();
            let found: u16 = text.split(' ').nth(1).ok_or("no status")?.parse()?;
            return if expected.contains(&found) {
                Ok(body)
            } else {
                Err(format!("{method} {path}: {found}: {body}").into())
            };
        }
    }
}
