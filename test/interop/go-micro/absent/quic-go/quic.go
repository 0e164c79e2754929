// Package quic has the names that go-micro v1.18 uses of quic-go v0.13 and does nothing: the real one panics when a program
// starts that was built with a Go of today. Nobody chooses --transport=quic here.
package quic

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"
)

type Stream interface {
	io.ReadWriteCloser
	SetWriteDeadline(time.Time) error
}

type Session interface {
	AcceptStream(context.Context) (Stream, error)
	OpenStreamSync(context.Context) (Stream, error)
	LocalAddr() net.Addr
	RemoteAddr() net.Addr
	Close() error
}

type Listener interface {
	Accept(context.Context) (Session, error)
	Addr() net.Addr
	Close() error
}

type Config struct {
	IdleTimeout time.Duration
	KeepAlive   bool
}

var errAbsent = errors.New("quic is absent")

func DialAddr(string, *tls.Config, *Config) (Session, error) { return nil, errAbsent }

func ListenAddr(string, *tls.Config, *Config) (Listener, error) { return nil, errAbsent }
