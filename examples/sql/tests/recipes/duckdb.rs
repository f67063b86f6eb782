//! DuckDB, through its own command-line client on a file of one's own, gone when it is dropped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

const REMEDY: &str = "install it beside the package: \
    python3 -m venv target/duckdb && target/duckdb/bin/pip install duckdb-cli (or set DUCKDB to its path)";

pub(crate) struct DuckDb {
    client: PathBuf,
    folder: PathBuf,
}

impl DuckDb {
    pub(crate) fn start() -> Result<Self, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let client = client();
        match Command::new(&client).arg("--version").output() {
            Ok(output) if output.status.success() => {}
            _ => return Err(format!("no DuckDB at {}: {REMEDY}", client.display())),
        }
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("repurchase-duckdb-{}-{count}", std::process::id()));
        fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self { client, folder })
    }

    /// The client, which stops at the first error. A null is an empty field, as `psql` prints it.
    pub(crate) fn client(&self) -> Command {
        let mut client = Command::new(&self.client);
        client.args(["-init", "/dev/null", "-bail", "-csv", "-nullvalue", ""]).arg(self.folder.join("shop.duckdb"));
        client
    }
}

impl Drop for DuckDb {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn client() -> PathBuf {
    if let Some(client) = std::env::var_os("DUCKDB") {
        return client.into();
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/duckdb/bin/duckdb");
    if beside.is_file() { beside } else { "duckdb".into() }
}
