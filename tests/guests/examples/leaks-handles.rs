//! Takes handles of the host and gives none back.

leadsman_guests::scorer!(|_| {
    loop {
        std::mem::forget(wasip2::cli::stdout::get_stdout());
    }
});
