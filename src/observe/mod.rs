//! What is seen of a run: its folder of output files.

pub mod folder;
