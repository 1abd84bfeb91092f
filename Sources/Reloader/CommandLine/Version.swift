/// The version of the program, as `--version`, the log and the user agent say it.
package let reloaderVersion = "0.1.0"
