//! Who holds a folder, and which folders are taken.

use super::*;

const MOUNTS: &str =
    "/dev/sda1 / ext4 rw 0 0\nfiler:/x /srv/my\\040files nfs4 rw 0 0\nproc /proc proc rw 0 0\n";

#[test]
fn the_innermost_mount_says_the_kind() {
    assert_eq!(kind_of(Path::new("/srv/my files/store"), MOUNTS), Some("nfs4"));
    assert_eq!(kind_of(Path::new("/srv/other"), MOUNTS), Some("ext4"));
}

#[test]
fn a_folder_is_held_once_and_the_second_is_told_by_whom() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = Place::hold(dir.path()).expect("free");
    let refused = Place::hold(dir.path()).expect_err("held").to_string();
    assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
    drop(first);
    Place::hold(dir.path()).expect("free again");
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("thesis.txt"), "years of work").expect("written");
    let place = Place::hold(dir.path()).expect("free");
    assert!(matches!(place.check_format(), Err(OpenError::NotEmpty { .. })));
    assert!(matches!(place.begin_import(), Err(OpenError::NotEmpty { .. })));
}

#[test]
fn a_later_format_is_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("format"), "leadsman store 2\n").expect("written");
    let place = Place::hold(dir.path()).expect("free");
    assert!(
        matches!(place.check_format(), Err(OpenError::UnknownFormat { found, .. }) if found == "leadsman store 2")
    );
}
