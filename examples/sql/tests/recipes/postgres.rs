//! A PostgreSQL server of one's own: started in a temporary folder, gone when it is dropped.
//!
//! It listens on a socket in that folder and on no port, so that any number of them run beside each other. The server
//! refuses to run as root; then it runs as the user `postgres`, whom the distribution's package makes.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

const REMEDY: &str = "install the server (Debian: apt-get install --no-install-recommends postgresql)";

pub(crate) struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    as_root: bool,
}

impl Postgres {
    /// Makes a cluster and starts its server; an error says what is missing.
    pub(crate) fn start() -> Result<Self, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let bin = bin().ok_or_else(|| format!("no initdb in /usr/lib/postgresql/*/bin, nor on PATH: {REMEDY}"))?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        // The path of a socket has room for 107 bytes: no deep folder.
        let folder = std::env::temp_dir().join(format!("repurchase-pg-{}-{count}", std::process::id()));
        fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        // From here on, `drop` tidies up.
        let server = Self { bin, folder, as_root: is_root() };
        if server.as_root {
            run(Command::new("chown").arg("postgres").arg(&server.folder))?;
        }
        let (data, log) = (server.folder.join("data"), server.folder.join("log"));
        let mut initdb = server.command("initdb");
        initdb.args(["--username=shop", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]).arg(&data);
        run(&mut initdb)?;
        let options =
            format!("-c listen_addresses= -c unix_socket_directories={} -c fsync=off", server.socket().display());
        let mut start = server.command("pg_ctl");
        start.args(["start", "-w", "-D"]).arg(&data).arg("-o").arg(options).arg("-l").arg(&log);
        // The server would keep a pipe open.
        let status = start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        match status {
            Ok(status) if status.success() => Ok(server),
            _ => Err(format!("PostgreSQL did not start: {}", fs::read_to_string(log).unwrap_or_default())),
        }
    }

    /// The folder of the socket: the host to connect to, as user `shop`, without a password.
    pub(crate) fn socket(&self) -> &Path {
        &self.folder
    }

    /// The server's own client, which stops at the first error.
    pub(crate) fn psql(&self) -> Command {
        let mut psql = Command::new(self.bin.join("psql"));
        psql.args([
            "--no-psqlrc",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            "--username=shop",
            "--dbname=postgres",
            "--host",
        ]);
        psql.arg(self.socket());
        psql
    }

    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = if self.as_root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl");
        stop.args(["stop", "-w", "-m", "immediate", "-D"]).arg(self.folder.join("data"));
        // There is nobody left to tell: a server that never started cannot be stopped.
        let _ = stop.stdin(Stdio::null()).output();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Runs to the end; an error holds what was printed.
fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_owned();
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", Path::new(&program).display());
    let output = command.stdin(Stdio::null()).output().map_err(|error| failed(&error))?;
    if output.status.success() { Ok(()) } else { Err(failed(&String::from_utf8_lossy(&output.stderr))) }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Where the server's programs are: Debian keeps them off PATH, by version.
fn bin() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut versions = versions.unwrap_or_default();
    let number = |name: &OsStr| name.to_str().and_then(|name| name.parse::<u32>().ok());
    versions.sort_by_key(|version| number(&version.file_name()));
    let debian = versions.into_iter().rev().map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    debian.chain(path).find(|bin| bin.join("initdb").is_file())
}
