//! The client against servers on loopback that misbehave in every way known.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pingmark_http::{Cause, Client, Failure, Fetch, Limits, Lookup, Request};

/// A server that answers every connection with a function. It gets the request as it came, with its body.
struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(answer: impl Fn(&str, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let request = read_request(&mut stream);
                    seen.lock().unwrap().push(request.clone());
                    let _ = answer(&request, &mut stream);
                });
            }
        });
        Self { address, requests }
    }

    fn text(text: &'static str) -> Self {
        Self::start(move |_, stream| stream.write_all(text.as_bytes()))
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn client(&self) -> Client {
        Client::builder().allow(&self.address.to_string()).unwrap().build()
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned)
            });
            if body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return text,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}

fn quick() -> Limits {
    Limits { seconds: 1, ..Limits::default() }
}

/// Fails to fetch the page, within a few seconds.
fn fails(server: &Server, path: &str) -> Failure {
    let started = Instant::now();
    let failure = server.client().fetch(&Request::get(server.url(path)).limits(quick())).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(4), "{failure} after {:?}", started.elapsed());
    failure
}

#[test]
fn a_page_is_fetched_with_its_headers() {
    let server = Server::text(
        "HTTP/1.1 200 OK\r\nContent-Type: text/HTML; charset=\"UTF-8\"\r\nLink: <a>; rel=x\r\nLink: <b>\r\n\
         X-Latin: caf\u{e9}\r\nContent-Length: 5\r\n\r\nHello",
    );
    let request = Request::get(server.url("/a?b=c#d")).accept("text/html").if_changed(Some("\"1\""), None);
    let page = server.client().fetch(&request).unwrap();
    assert_eq!((page.status, page.body.as_slice(), page.is_cut), (200, b"Hello".as_slice(), false));
    assert_eq!((page.media_type().as_str(), page.charset()), ("text/html", Some("UTF-8")));
    assert_eq!(page.headers_named("LINK").collect::<Vec<_>>(), ["<a>; rel=x", "<b>"]);
    assert_eq!(page.header("x-latin"), Some("café"));
    let sent = &server.requests()[0];
    assert!(sent.starts_with("GET /a?b=c HTTP/1.1\r\n"), "{sent}");
    let sent = sent.to_ascii_lowercase();
    for header in ["webmention", "accept: text/html", "accept-encoding: identity", "if-none-match: \"1\""] {
        assert!(sent.contains(header), "no {header} in {sent}");
    }
}

#[test]
fn forms_and_xml_are_posted() {
    let server = Server::text("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
    let client = server.client();
    let fields = [("source", "https://a.example/é?x=1&y"), ("target", "https://b.example/#z")];
    assert!(client.fetch(&Request::form(server.url("/hook?version=1"), &fields)).unwrap().is_success());
    client.fetch(&Request::post(server.url("/xmlrpc"), "text/xml", "<a/>")).unwrap();
    let requests = server.requests();
    assert!(requests[0].starts_with("POST /hook?version=1 "));
    assert!(requests[0].ends_with(
        "\r\n\r\nsource=https%3A%2F%2Fa.example%2F%C3%A9%3Fx%3D1%26y&target=https%3A%2F%2Fb.example%2F%23z"
    ));
    assert!(requests[1].to_ascii_lowercase().contains("content-type: text/xml"));
    assert!(requests[1].ends_with("<a/>"));
}

#[test]
fn redirects_are_followed_and_told() {
    let server = Server::start(|request, stream| {
        let to = |status: &str, to: &str| {
            format!("HTTP/1.1 {status} x\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
        };
        let path = request.split(' ').nth(1).unwrap();
        let answer = match path {
            "/1" => to("301", "/2"),
            "/2" => to("302", "3?x#y"),
            "/3?x" => to("307", "/4"),
            "/see-other" => to("303", "/4"),
            "/nowhere" => to("302", "http://["),
            _ => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_owned(),
        };
        stream.write_all(answer.as_bytes())
    });
    let client = server.client();
    let page = client.fetch(&Request::get(server.url("/1"))).unwrap();
    assert_eq!((page.url.as_str(), page.redirects.len()), (server.url("/4").as_str(), 3));
    client.fetch(&Request::form(server.url("/1"), &[("a", "b")])).unwrap();
    client.fetch(&Request::form(server.url("/see-other"), &[("a", "b")])).unwrap();
    let methods: Vec<String> =
        server.requests().iter().map(|r| r.split(" HTTP").next().unwrap().to_owned()).collect();
    let posted = ["POST /1", "POST /2", "POST /3?x", "POST /4", "POST /see-other", "GET /4"];
    assert_eq!(methods[4..], posted);
    assert!(matches!(fails(&server, "/nowhere").cause, Cause::BadRedirect));
}

#[test]
fn redirects_to_private_addresses_loops_and_endless_chains_are_refused() {
    let counter = AtomicUsize::new(0);
    let server = Server::start(move |request, stream| {
        let path = request.split(' ').nth(1).unwrap();
        let number = counter.fetch_add(1, Ordering::SeqCst);
        let to = match path {
            "/loopback" => "http://127.0.0.1:1/".to_owned(),
            "/metadata" => "http://169.254.169.254/latest/".to_owned(),
            "/file" => "file:///etc/passwd".to_owned(),
            "/user" => "http://user:password@example.org/".to_owned(),
            "/port" => "//example.org:22/".to_owned(),
            "/loop" => "/loop2".to_owned(),
            "/loop2" => "/loop".to_owned(),
            _ => format!("/endless/{number}"),
        };
        write!(stream, "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
    });
    for path in ["/loopback", "/metadata", "/file", "/user", "/port"] {
        let failure = fails(&server, path);
        assert!(failure.is_refusal(), "{path}: {failure}");
    }
    assert!(matches!(fails(&server, "/loop").cause, Cause::RedirectLoop));
    assert!(matches!(fails(&server, "/endless").cause, Cause::TooManyRedirects(5)));
}

/// Stands for the server at first, and for another private address ever after.
struct Rebinding(SocketAddr, AtomicUsize);

impl Lookup for Rebinding {
    fn lookup(&self, _: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let address = match self.1.fetch_add(1, Ordering::SeqCst) {
            0 => self.0,
            _ => SocketAddr::new("10.0.0.1".parse().unwrap(), port),
        };
        Ok(vec![address])
    }
}

#[test]
fn a_name_is_looked_up_once_and_the_checked_address_is_used() {
    let server = Server::text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let names = Arc::new(Rebinding(server.address, AtomicUsize::new(0)));
    let host = format!("rebinding.test:{}", server.address.port());
    let client =
        Client::builder().allow(&host).unwrap().lookup(Arc::clone(&names) as Arc<dyn Lookup>).build();
    let page = client.fetch(&Request::get(format!("http://{host}/"))).unwrap();
    assert_eq!((page.body.as_slice(), names.1.load(Ordering::SeqCst)), (b"ok".as_slice(), 1));
}

#[test]
fn a_redirect_looks_the_name_up_and_checks_it_again() {
    let server =
        Server::text("HTTP/1.1 302 x\r\nLocation: http://rebinding.test/\r\nContent-Length: 0\r\n\r\n");
    let names = Arc::new(Rebinding(server.address, AtomicUsize::new(1)));
    let client = Client::builder().allow(&server.address.to_string()).unwrap();
    // The first hop is an IP address, which the system's lookup need not know.
    struct Literal(Arc<Rebinding>);
    impl Lookup for Literal {
        fn lookup(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
            match host.parse() {
                Ok(address) => Ok(vec![SocketAddr::new(address, port)]),
                Err(_) => self.0.lookup(host, port),
            }
        }
    }
    let client = client.lookup(Arc::new(Literal(names))).build();
    let failure = client.fetch(&Request::get(server.url("/"))).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "http://rebinding.test/: the host's address, 10.0.0.1, is not a public one and is not contacted"
    );
}

#[test]
fn slow_servers_are_given_up() {
    let silent = Server::start(|_, _| {
        std::thread::sleep(Duration::from_secs(5));
        Ok(())
    });
    let head = Server::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
        for _ in 0..100 {
            stream.write_all(b"X-Slow: yes\r\n")?;
            std::thread::sleep(Duration::from_millis(60));
        }
        Ok(())
    });
    let body = Server::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")?;
        for _ in 0..100 {
            stream.write_all(b"x")?;
            std::thread::sleep(Duration::from_millis(60));
        }
        Ok(())
    });
    let redirects = Server::start(|request, stream| {
        std::thread::sleep(Duration::from_millis(400));
        let path = request.split(' ').nth(1).unwrap();
        write!(stream, "HTTP/1.1 302 Found\r\nLocation: {path}x\r\nContent-Length: 0\r\n\r\n")
    });
    for server in [&silent, &head, &body, &redirects] {
        let failure = fails(server, "/");
        assert!(matches!(failure.cause, Cause::Timeout(1)), "{failure}");
        assert!(failure.is_temporary() && failure.may_have_arrived());
    }
}

#[test]
fn endless_bodies_are_cut_and_never_downloaded() {
    let server = Server::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")?;
        loop {
            stream.write_all(&[b'x'; 65536])?;
        }
    });
    let page = server.client().fetch(&Request::get(server.url("/"))).unwrap();
    assert_eq!((page.body.len(), page.is_cut), (1 << 20, true));
    let mut file = Vec::new();
    let limits = Limits { bytes: 100_000, ..Limits::default() };
    let failure =
        server.client().download(&Request::get(server.url("/")).limits(limits), &mut file).unwrap_err();
    assert!(matches!(failure.cause, Cause::TooLarge(100_000)), "{failure}");
    assert_eq!(file.len(), 100_000);
}

#[test]
fn downloads_go_into_the_writer_only_if_they_succeed() {
    let server = Server::start(|request, stream| {
        let status = if request.contains("/missing") { "404 Not Found" } else { "200 OK" };
        write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 4\r\n\r\nfile")
    });
    let mut file = Vec::new();
    let done = server.client().download(&Request::get(server.url("/film.mp4")), &mut file).unwrap();
    assert_eq!((file.as_slice(), done.body.len()), (b"file".as_slice(), 0));
    let mut file = Vec::new();
    let done = server.client().download(&Request::get(server.url("/missing")), &mut file).unwrap();
    assert_eq!((file.len(), done.status, done.body.as_slice()), (0, 404, b"file".as_slice()));
}

#[test]
fn compressed_bodies_are_refused() {
    for encoding in ["gzip", "br", "deflate", "gzip, gzip"] {
        let server = Server::start(move |_, stream| {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: 3\r\n\r\nxxx")
        });
        assert!(matches!(fails(&server, "/").cause, Cause::Compressed(_)));
    }
}

#[test]
fn floods_of_headers_are_refused() {
    let long = Server::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nLink: <")?;
        for _ in 0..160 {
            stream.write_all(&[b'a'; 65536])?;
        }
        stream.write_all(b">; rel=webmention\r\n\r\n")
    });
    assert!(matches!(fails(&long, "/").cause, Cause::HeadTooLarge));
    let many = Server::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
        loop {
            stream.write_all(b"Set-Cookie: a=b\r\n")?;
        }
    });
    assert!(matches!(fails(&many, "/").cause, Cause::HeadTooLarge | Cause::Broken(_)));
}

#[test]
fn what_is_not_http_is_told() {
    for answer in [
        "",
        "\0\0\0\0\0\0\0\0\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "220 ftp ready\r\n\r\n",
        "HTTP/1.1 999999 x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nBad\0Header: \0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nshort",
    ] {
        let server = Server::text(answer);
        let failure = fails(&server, "/");
        assert!(matches!(failure.cause, Cause::Broken(_) | Cause::Timeout(_)), "{answer:?}: {failure:?}");
    }
}

#[test]
fn connections_that_fail_are_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::builder().allow(&address.to_string()).unwrap().build();
    let failure = client.fetch(&Request::get(format!("http://{address}/"))).unwrap_err();
    assert!(matches!(failure.cause, Cause::Connection(_)), "{failure:?}");
    assert!(failure.is_temporary() && !failure.may_have_arrived() && !failure.is_refusal());
    // TLS with a server that speaks none.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || listener.accept().unwrap().0.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    let client = Client::builder().allow(&address.to_string()).unwrap().build();
    let failure = client.fetch(&Request::get(format!("https://{address}/")).limits(quick())).unwrap_err();
    assert!(matches!(failure.cause, Cause::Tls(_)), "{failure:?}");
}

#[test]
fn secrets_are_sent_and_never_shown() {
    let server = Server::start(|request, stream| {
        let answer = match request.contains("/moved") {
            true => "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/stolen\r\nContent-Length: 0\r\n\r\n",
            false => "garbage",
        };
        stream.write_all(answer.as_bytes())
    });
    for path in ["/moved?page=1", "/broken"] {
        let request = Request::get(server.url(path))
            .secret_query("token", "canary-1")
            .secret_header("Authorization", "Bearer canary-2")
            .limits(quick());
        let failure = server.client().fetch(&request).unwrap_err();
        let told = format!("{failure} {failure:?} {request:?}");
        assert!(!told.contains("canary"), "{told}");
    }
    let sent = server.requests().join("");
    assert!(sent.contains("GET /moved?page=1&token=canary-1 ") && sent.contains("Bearer canary-2"), "{sent}");
}

#[test]
fn a_host_gets_two_connections_at_a_time() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, highest) = (Arc::clone(&now), Arc::clone(&most));
    let server = Server::start(move |_, stream| {
        highest.fetch_max(counted.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(30));
        counted.fetch_sub(1, Ordering::SeqCst);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    });
    let client = server.client();
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| client.fetch(&Request::get(server.url("/"))).unwrap());
        }
    });
    assert_eq!((server.requests().len(), most.load(Ordering::SeqCst)), (12, 2));
}
