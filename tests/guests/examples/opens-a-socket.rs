//! Wants the network, which plugins do not have.

leadsman_guests::scorer!(|_| {
    let reached = std::net::TcpStream::connect("127.0.0.1:1").is_ok();
    Ok(Assessment::new().fit("network", f64::from(u8::from(reached)), "Whether it was reached."))
});
