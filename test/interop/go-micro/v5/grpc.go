//go:build !nogrpc

// What --client=grpc and --server=grpc stand for: v5 knows the flags and leaves it to the program to fill in the names.
//
// A program with this cannot use the etcd registry: client/grpc and server/grpc replace the codec that etcd's own client
// marshals with ("grpc: error while marshaling: invalid message"). So there is a peer without it, too.
package main

import (
	gclient "go-micro.dev/v5/client/grpc"
	"go-micro.dev/v5/cmd"
	gserver "go-micro.dev/v5/server/grpc"
)

func init() {
	cmd.DefaultClients["grpc"] = gclient.NewClient
	cmd.DefaultServers["grpc"] = gserver.NewServer
}
