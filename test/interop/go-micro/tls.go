// What a peer needs to speak TLS by its http transport; linked into all of them.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"
)

// tlsConfig is that of PEER_CERT, PEER_KEY and PEER_CA; nil without them. go-micro uses one for both directions.
func tlsConfig() *tls.Config {
	if os.Getenv("PEER_CERT") == "" {
		return nil
	}
	certificate, err := tls.LoadX509KeyPair(os.Getenv("PEER_CERT"), os.Getenv("PEER_KEY"))
	check(err)
	authority, err := os.ReadFile(os.Getenv("PEER_CA"))
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	return &tls.Config{Certificates: []tls.Certificate{certificate}, RootCAs: roots}
}
