//! Owns a proxy between the program and the server that understands how PostgreSQL frames its
//! messages: a hook sees each one and lets it pass, changes it, holds it, or cuts the line.
//! Must never do anything of its own accord.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Toward {
    Server,
    Client,
}

/// The tag of what a client says first, which has none on the wire: a startup message or a
/// cancel request.
pub(crate) const STARTUP: u8 = 0;

/// One message (PostgreSQL manual, "Message Formats").
#[derive(Debug)]
pub(crate) struct Message {
    /// The connection, from 1, in the order in which they came.
    pub(crate) connection: usize,
    pub(crate) toward: Toward,
    /// Its type, for example `b'Q'`, or [`STARTUP`].
    pub(crate) tag: u8,
    /// The how manieth of its type in its direction on its connection, from 1.
    pub(crate) number: usize,
    /// What follows the length.
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// Whether it is a simple query whose text holds this.
    pub(crate) fn is_query_with(&self, text: &str) -> bool {
        self.toward == Toward::Server && self.tag == b'Q' && self.holds(text)
    }

    /// Whether its body holds this text.
    pub(crate) fn holds(&self, text: &str) -> bool {
        self.body.windows(text.len()).any(|window| window == text.as_bytes())
    }

    /// Its body with one text replaced by another of the same length.
    pub(crate) fn replaced(&self, old: &str, new: &str) -> Act {
        assert_eq!(old.len(), new.len(), "the length of '{old}' would change");
        let mut body = self.body.clone();
        let at = body.windows(old.len()).position(|window| window == old.as_bytes());
        let at = at.unwrap_or_else(|| panic!("no '{old}' in the message"));
        body[at..at + old.len()].copy_from_slice(new.as_bytes());
        Act::Replace(body)
    }
}

/// What becomes of a message.
#[derive(Debug)]
pub(crate) enum Act {
    /// It goes on as it came.
    Pass,
    /// It goes on with another body.
    Replace(Vec<u8>),
    /// It is lost, and so is the connection.
    CutBefore,
    /// It goes on, and then the connection is lost.
    CutAfter,
    /// It, and all that follows it in its direction, waits until [`Proxy::resume`].
    Stall,
}

type Hook = Box<dyn FnMut(&Message) -> Act + Send>;

struct Shared {
    hook: Mutex<Hook>,
    stalled: Mutex<bool>,
    resumed: Condvar,
    refusing: AtomicBool,
    ended: AtomicBool,
    connections: AtomicUsize,
    server: u16,
}

/// A proxy on a loopback port of its own; dropped, it lets go of all its connections.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

impl Proxy {
    /// Starts one before the server's port. The hook sees the messages of all connections, one
    /// at a time.
    pub(crate) fn start(server: u16, hook: impl FnMut(&Message) -> Act + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        listener.set_nonblocking(true).expect("a listener that does not block");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared {
            hook: Mutex::new(Box::new(hook)),
            stalled: Mutex::new(true),
            resumed: Condvar::new(),
            refusing: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            server,
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accept(&listener, &accepting));
        Self { port, shared }
    }

    /// Closes the port: further connections are refused, those that there are go on.
    pub(crate) fn refuse(&self) {
        self.shared.refusing.store(true, Ordering::SeqCst);
    }

    /// Lets go on what [`Act::Stall`] holds, now and later.
    pub(crate) fn resume(&self) {
        self.shared.resume();
    }

    /// How many connections have come so far.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.shared.resume();
    }
}

impl Shared {
    fn resume(&self) {
        *self.stalled.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.resumed.notify_all();
    }

    fn wait(&self) {
        let mut stalled = self.stalled.lock().unwrap_or_else(PoisonError::into_inner);
        while *stalled {
            stalled = self.resumed.wait(stalled).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn ask(&self, message: &Message) -> Act {
        (self.hook.lock().unwrap_or_else(PoisonError::into_inner))(message)
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    while !shared.ended.load(Ordering::SeqCst) && !shared.refusing.load(Ordering::SeqCst) {
        match listener.accept() {
            Ok((client, _)) => {
                let number = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
                client.set_nonblocking(false).expect("a socket that blocks");
                join(client, number, shared);
            }
            Err(_none_yet) => thread::sleep(Duration::from_millis(2)),
        }
    }
}

/// Connects a client to the server, a thread for each direction.
fn join(client: TcpStream, connection: usize, shared: &Arc<Shared>) {
    // Without a server the client sees its connection end.
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, shared.server)) else { return };
    for socket in [&client, &server] {
        socket.set_nodelay(true).expect("an option");
    }
    let pair = |socket: &TcpStream| socket.try_clone().expect("a second handle");
    let back = (pair(&server), pair(&client), Arc::clone(shared));
    let forth = (client, server, Arc::clone(shared));
    thread::spawn(move || carry(forth.0, forth.1, Toward::Server, connection, &forth.2));
    thread::spawn(move || carry(back.0, back.1, Toward::Client, connection, &back.2));
}

/// Carries messages in one direction until either end, or the hook, has enough.
fn carry(
    mut from: TcpStream,
    mut to: TcpStream,
    toward: Toward,
    connection: usize,
    shared: &Shared,
) {
    let mut numbers: HashMap<u8, usize> = HashMap::new();
    let mut is_first = toward == Toward::Server;
    while let Ok((tag, body)) = read_message(&mut from, is_first) {
        is_first = false;
        let count = numbers.entry(tag).or_default();
        *count += 1;
        let message = Message { connection, toward, tag, number: *count, body };
        let act = shared.ask(&message);
        if matches!(act, Act::CutBefore) || shared.ended.load(Ordering::SeqCst) {
            break;
        }
        if matches!(act, Act::Stall) {
            shared.wait();
        }
        let ends = matches!(act, Act::CutAfter);
        let body = if let Act::Replace(body) = act { body } else { message.body };
        if write_message(&mut to, tag, &body).is_err() || ends {
            break;
        }
    }
    // Both directions end together; an end that is already closed is closed.
    let _closed = from.shutdown(Shutdown::Both);
    let _closed = to.shutdown(Shutdown::Both);
}

fn read_message(from: &mut impl Read, is_first: bool) -> io::Result<(u8, Vec<u8>)> {
    let mut tag = [STARTUP];
    if !is_first {
        from.read_exact(&mut tag)?;
    }
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).expect("64 bits");
    let mut body = vec![0; length.saturating_sub(4)];
    from.read_exact(&mut body)?;
    Ok((tag[0], body))
}

fn write_message(to: &mut impl Write, tag: u8, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len() + 4).expect("not that long");
    let mut bytes = Vec::with_capacity(body.len() + 5);
    if tag != STARTUP {
        bytes.push(tag);
    }
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(body);
    to.write_all(&bytes)
}
