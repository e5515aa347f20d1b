//! A visitor without a browser: plain HTTP over one connection, with cookies, for figures that a browser would blur.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// Somebody who asks for pages.
pub struct Visitor {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
    cookies: BTreeMap<String, String>,
}

/// What came back.
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// Where it sends the visitor.
    pub location: Option<String>,
    /// The page.
    pub body: String,
}

impl Visitor {
    /// A visitor of the program at this address.
    pub fn new(address: SocketAddr) -> Visitor {
        Visitor { address, connection: None, cookies: BTreeMap::new() }
    }

    /// Asks for a page, which must be there.
    ///
    /// # Errors
    /// When it is not.
    pub fn get(&mut self, path: &str) -> Result<Answer> {
        let answer = self.ask("GET", path, "")?;
        ensure!(answer.status < 400, "GET {path}: {}", answer.status);
        Ok(answer)
    }

    /// Sends a form.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let body =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>();
        self.ask("POST", path, &body.join("&"))
    }

    /// Signs in.
    ///
    /// # Errors
    /// When the sign-in page does not let the person in.
    pub fn sign_in(&mut self, login: &str, password: &str) -> Result<()> {
        let page = self.get("/sign-in")?;
        let mut fields = page.hidden_fields();
        fields.push(("login".to_owned(), login.to_owned()));
        fields.push(("password".to_owned(), password.to_owned()));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = self.post("/sign-in", &fields)?;
        ensure!(answer.status == 303, "sign-in of {login}: {}", answer.status);
        Ok(())
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> Result<Answer> {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nOrigin: http://{}\r\n", self.address, self.address);
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            write!(request, "Cookie: {}\r\n", cookies.join("; "))?;
        }
        if method == "POST" {
            write!(request, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", body.len())?;
        }
        write!(request, "\r\n{body}")?;
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let stream = TcpStream::connect(self.address)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(Duration::from_secs(180)))?;
                BufReader::new(stream)
            }
        };
        connection.get_mut().write_all(request.as_bytes())?;
        let (head, answer) = read_answer(&mut connection)?;
        for cookie in head.iter().filter_map(|(name, value)| (name == "set-cookie").then_some(value)) {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let is_closing = head.iter().any(|(name, value)| name == "connection" && value == "close");
        if !is_closing {
            self.connection = Some(connection);
        }
        Ok(answer)
    }
}

impl Answer {
    /// The paths the page links to.
    pub fn links(&self) -> Vec<String> {
        let quoted = self.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        quoted.filter(|link| link.starts_with('/')).map(|link| link.replace("&amp;", "&")).collect()
    }

    /// The hidden fields of the page: the token of its form, and where to go on.
    pub fn hidden_fields(&self) -> Vec<(String, String)> {
        let inputs = self.body.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
        let hidden = inputs.filter(|input| input.contains("type=\"hidden\""));
        hidden
            .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default())))
            .collect()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
    rest.split('"').next().map(str::to_owned)
}

type Head = Vec<(String, String)>;

fn read_answer(connection: &mut BufReader<TcpStream>) -> Result<(Head, Answer)> {
    let mut line = String::new();
    connection.read_line(&mut line)?;
    let status = line.split(' ').nth(1).context("no status line")?.parse()?;
    let mut head = Vec::new();
    loop {
        line.clear();
        connection.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        head.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let find = |name: &str| head.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let mut body = Vec::new();
    if find("transfer-encoding").is_some_and(|value| value == "chunked") {
        read_chunks(connection, &mut body)?;
    } else if let Some(length) = find("content-length") {
        connection.take(length.parse()?).read_to_end(&mut body)?;
    } else if status != 204 && status != 304 {
        bail!("an answer of unknown length");
    }
    let location = find("location");
    Ok((head, Answer { status, location, body: String::from_utf8_lossy(&body).into_owned() }))
}

fn read_chunks(connection: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> Result<()> {
    loop {
        let mut line = String::new();
        connection.read_line(&mut line)?;
        let length = u64::from_str_radix(line.trim(), 16)?;
        connection.by_ref().take(length).read_to_end(body)?;
        line.clear();
        connection.read_line(&mut line)?;
        if length == 0 {
            return Ok(());
        }
    }
}

/// A value as forms send it.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
