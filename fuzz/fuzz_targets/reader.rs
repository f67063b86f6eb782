#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| repurchase_fuzz::targets::reader(data));
