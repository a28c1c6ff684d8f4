//! The program itself, run as a person runs it.
