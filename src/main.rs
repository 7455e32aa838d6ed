//! Arguments in, exit code out.

fn main() {
    std::process::exit(sirocco::cli::main(std::env::args_os()));
}
