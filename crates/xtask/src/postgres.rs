//! A PostgreSQL for the tests: started in a temporary folder on a free port, stopped and removed at the end.
//!
//! PostgreSQL refuses to run as root, so root starts it as the user `postgres` (made by Debian's package) or `nobody`.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::programs;

/// A running server. Dropping it stops it and removes its folder.
pub(crate) struct Server {
    programs: PathBuf,
    user: Option<&'static str>,
    folder: PathBuf,
    port: u16,
}

/// Starts a server, installing the program first where that is allowed.
pub(crate) fn start() -> Result<Server> {
    programs::need(programs::POSTGRES)?;
    let programs = programs::postgres_folder().context("initdb and postgres are in no known folder")?;
    let folder = std::env::temp_dir().join(format!("xiaobao-postgres-{}", std::process::id()));
    if folder.exists() {
        fs::remove_dir_all(&folder).context("a folder left by an earlier run")?;
    }
    fs::create_dir(&folder)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let server = Server { programs, user: other_user()?, folder, port };
    server.create()?;
    Ok(server)
}

impl Server {
    /// The address for `TEST_POSTGRES_URL`.
    pub(crate) fn url(&self) -> String {
        format!("postgres://xiaobao@127.0.0.1:{}/xiaobao", self.port)
    }

    fn create(&self) -> Result<()> {
        if let Some(user) = self.user {
            run(Command::new("chown").arg(user).arg(&self.folder))?;
        }
        let data = self.folder.join("data");
        let mut initdb = self.command("initdb");
        initdb
            .args(["--username=xiaobao", "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync", "-D"])
            .arg(&data);
        run(&mut initdb)?;
        let options = format!(
            "-p {} -h 127.0.0.1 -k '' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=400",
            self.port
        );
        let mut begin = self.command("pg_ctl");
        begin.arg("-D").arg(&data).arg("-l").arg(self.folder.join("log")).args(["-w", "-o"]).arg(options).arg("start");
        run(&mut begin).with_context(|| fs::read_to_string(self.folder.join("log")).unwrap_or_default())?;
        let mut createdb = self.command("createdb");
        createdb.args(["-h", "127.0.0.1", "-U", "xiaobao", "-p"]).arg(self.port.to_string()).arg("xiaobao");
        run(&mut createdb)
    }

    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = match self.user {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        // The server's own folder: the user may not be able to read ours.
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl");
        stop.arg("-D").arg(self.folder.join("data")).args(["-m", "immediate", "-w", "stop"]);
        if let Err(error) = run(&mut stop) {
            eprintln!("PostgreSQL did not stop: {error:#}");
        }
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("{} stays behind: {error}", self.folder.display());
        }
    }
}

/// Root needs somebody else to run the server; anybody else runs it themselves.
fn other_user() -> Result<Option<&'static str>> {
    if !is_root()? {
        return Ok(None);
    }
    for user in ["postgres", "nobody"] {
        if programs::output("id", &["-u", user]).is_some() {
            return Ok(Some(user));
        }
    }
    bail!(
        "PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody`: run this as another user"
    )
}

fn is_root() -> Result<bool> {
    let id = programs::output("id", &["-u"]).context("the program `id` does not answer")?;
    Ok(id.trim() == "0")
}

fn run(command: &mut Command) -> Result<()> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
