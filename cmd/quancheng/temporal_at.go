package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"time"

	temporalclient "go.temporal.io/sdk/client"

	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/worker/temporal"
)

// The settings of an encrypted connection to a Temporal elsewhere.
const (
	temporalCAVariable   = "QUANCHENG_TEMPORAL_CA"   // PEM file of who vouches for it; default: whom this host trusts
	temporalCertVariable = "QUANCHENG_TEMPORAL_CERT" // PEM files by which it knows us, where it asks
	temporalKeyVariable  = "QUANCHENG_TEMPORAL_KEY"
)

// temporalAt completes the options of a client for HOST:PORT, or tls://HOST:PORT, which is encrypted. The
// certificate is looked at first: what is wrong with it is said in words, and until when it holds (zero: not encrypted).
func temporalAt(ctx context.Context, address string, o temporalclient.Options) (temporalclient.Options, time.Time, error) {
	o.Namespace = temporal.Namespace
	host, encrypted := strings.CutPrefix(address, "tls://")
	o.HostPort = host
	if !encrypted {
		return o, time.Time{}, nil
	}
	config, err := temporalTLS(os.Getenv)
	if err != nil {
		return o, time.Time{}, err
	}
	o.ConnectionOptions.TLS = config
	until, err := trust.Handshake(ctx, host, config.Clone())
	return o, until, err
}

func temporalTLS(env func(string) string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if file := env(temporalCAVariable); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", temporalCAVariable, err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s: %s holds no certificate in PEM", temporalCAVariable, file)
		}
	}
	cert, key := env(temporalCertVariable), env(temporalKeyVariable)
	if cert == "" && key == "" {
		return config, nil
	}
	own, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("%s and %s: %w", temporalCertVariable, temporalKeyVariable, err)
	}
	config.Certificates = []tls.Certificate{own}
	return config, nil
}
