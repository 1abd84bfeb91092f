/// Certificates for tests, the same in every process: a CA, a server on this machine and an administrator.
///
/// Valid from 2020 to 2119, for `localhost`, `127.0.0.1`, `::1`, `kubernetes` and `kubernetes.default.svc`. The private
/// keys are as public as this text: they protect nothing, and belong into no trust store outside of tests.
public enum TestCertificates {
    /// The certificate of the CA, in PEM.
    public static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBcjCCARegAwIBAgIBATAKBggqhkjOPQQDAjAfMR0wGwYDVQQDDBRDb250cm9s
        bGVyVGVzdEtpdCBDQTAgFw0yMDAxMDEwMDAwMDBaGA8yMTE5MTIzMTAwMDAwMFow
        HzEdMBsGA1UEAwwUQ29udHJvbGxlclRlc3RLaXQgQ0EwWTATBgcqhkjOPQIBBggq
        hkjOPQMBBwNCAAQwGEo9xLma9iy0Tezit4kzUvwoD3Hcc/onlx6+DoY4Nirg6Vfl
        H4cWGvBqB0qTziJfHy91KvkZNpkpy/BNEUMqo0IwQDAPBgNVHRMBAf8EBTADAQH/
        MA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQUXGdw0zqZSdBJ8hjDva8TH83roVMw
        CgYIKoZIzj0EAwIDSQAwRgIhAJ3Rki+EhTs6cs+dpeHEQy3nNNu6WepdW5dYS58w
        krSmAiEA+0u3c0ylBS5yReaYnAAmb3hnQPYgB6VVjscZThKZUR4=
        -----END CERTIFICATE-----

        """

    /// The server's certificate, in PEM.
    public static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBtTCCAVugAwIBAgIBAjAKBggqhkjOPQQDAjAfMR0wGwYDVQQDDBRDb250cm9s
        bGVyVGVzdEtpdCBDQTAgFw0yMDAxMDEwMDAwMDBaGA8yMTE5MTIzMTAwMDAwMFow
        GTEXMBUGA1UEAwwOa3ViZS1hcGlzZXJ2ZXIwWTATBgcqhkjOPQIBBggqhkjOPQMB
        BwNCAATyQ4C0BRcmZQypuGS9S1n+3TGQiRUDcULhSSCwmAHnhZfdDp/9y285iAC0
        QxloE6Iu3tmA8KU8fdwFybUEtyHso4GLMIGIMFAGA1UdEQRJMEeCCWxvY2FsaG9z
        dIIKa3ViZXJuZXRlc4IWa3ViZXJuZXRlcy5kZWZhdWx0LnN2Y4cEfwAAAYcQAAAA
        AAAAAAAAAAAAAAAAATATBgNVHSUEDDAKBggrBgEFBQcDATAfBgNVHSMEGDAWgBRc
        Z3DTOplJ0EnyGMO9rxMfzeuhUzAKBggqhkjOPQQDAgNIADBFAiB3gU8s1OxD5Rpi
        B6QOWRSj4ixuXopHqU8+oGTYIvRQAgIhAPhbp6tPzqieRwbjpJSAOo5nmaYRRYyd
        NXRPQpITTdoF
        -----END CERTIFICATE-----

        """

    /// The server's private key, in PEM.
    public static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJj3OMRAo49qAht1C
        ENILSkLiwKFLc84hgR9op3iT/quhRANCAATyQ4C0BRcmZQypuGS9S1n+3TGQiRUD
        cULhSSCwmAHnhZfdDp/9y285iAC0QxloE6Iu3tmA8KU8fdwFybUEtyHs
        -----END PRIVATE KEY-----

        """

    /// A client's certificate with the subject `O=system:masters, CN=admin`, in PEM.
    public static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBcTCCARegAwIBAgIBAzAKBggqhkjOPQQDAjAfMR0wGwYDVQQDDBRDb250cm9s
        bGVyVGVzdEtpdCBDQTAgFw0yMDAxMDEwMDAwMDBaGA8yMTE5MTIzMTAwMDAwMFow
        KTEXMBUGA1UECgwOc3lzdGVtOm1hc3RlcnMxDjAMBgNVBAMMBWFkbWluMFkwEwYH
        KoZIzj0CAQYIKoZIzj0DAQcDQgAEa1BIY0eHUy+6vy2GJFmODtUtIeZ9mEgQK2US
        Yv3fI6Tr5TyfmmuHeYTgX6E77h1j3DZaJsy7jYndZMeBES27eKM4MDYwEwYDVR0l
        BAwwCgYIKwYBBQUHAwIwHwYDVR0jBBgwFoAUXGdw0zqZSdBJ8hjDva8TH83roVMw
        CgYIKoZIzj0EAwIDSAAwRQIgLVb/2RIWOwFbIf+M+P4Szwm3f63HiGvR1hgqGuVg
        OucCIQCQUsoX9gdHCIP6SLjEhMzsM3w++zl9uOYoSPrhPUGPxw==
        -----END CERTIFICATE-----

        """

    /// The client's private key, in PEM.
    public static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgEv1+2VqD5h3ZrksA
        jQmuVDGdCg4vv0FkCW53x6QfXv2hRANCAARrUEhjR4dTL7q/LYYkWY4O1S0h5n2Y
        SBArZRJi/d8jpOvlPJ+aa4d5hOBfoTvuHWPcNlomzLuNid1kx4ERLbt4
        -----END PRIVATE KEY-----

        """
}
