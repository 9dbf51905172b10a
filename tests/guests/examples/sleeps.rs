//! Waits for an hour.

leadsman_guests::scorer!(|_| {
    std::thread::sleep(std::time::Duration::from_secs(3600));
    Ok(Assessment::new())
});
