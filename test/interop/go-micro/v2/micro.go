// What is go-micro v2's own: its names, and how its service is made.
package main

import (
	"context"
	"os"
	"time"

	"github.com/golang/protobuf/ptypes/timestamp"
	micro "github.com/micro/go-micro/v2"
	"github.com/micro/go-micro/v2/client"
	"github.com/micro/go-micro/v2/errors"
	"github.com/micro/go-micro/v2/metadata"
	"github.com/micro/go-micro/v2/registry"
	"github.com/micro/go-micro/v2/server"
	"github.com/micro/go-micro/v2/transport"
	"github.com/micro/go-plugins/registry/kubernetes/v2"
	_ "github.com/micro/go-plugins/registry/nats/v2" // --registry=nats
)

type (
	CallOption    = client.CallOption
	Client        = client.Client
	MessageOption = client.MessageOption
	RequestOption = client.RequestOption
	ServerStream  = server.Stream
	Stream        = client.Stream
)

var (
	newError               = errors.New
	parseError             = errors.Parse
	withAddress            = func(address string) CallOption { return client.WithAddress(address) }
	withContentType        = client.WithContentType
	withMessageContentType = client.WithMessageContentType
)

func withTimeout(d time.Duration) []CallOption {
	return []CallOption{client.WithRequestTimeout(d), client.WithRetries(0), client.WithStreamTimeout(d)}
}

func withMetadata(ctx context.Context, values map[string]string) context.Context {
	return metadata.NewContext(ctx, values)
}

func metadataOf(ctx context.Context) map[string]string {
	values, _ := metadata.FromContext(ctx)
	return values
}

func newTimestamp(seconds int64) *timestamp.Timestamp { return &timestamp.Timestamp{Seconds: seconds} }

func registerGreeter(service micro.Service, greeter Greeter) error {
	return micro.RegisterHandler(service.Server(), greeter)
}

func subscribe(service micro.Service, topic, queue string, handler interface{}) error {
	if queue == "" {
		return micro.RegisterSubscriber(topic, service.Server(), handler)
	}
	return micro.RegisterSubscriber(topic, service.Server(), handler, server.SubscriberQueue(queue))
}

func newService() micro.Service {
	var service micro.Service
	service = micro.NewService(micro.AfterStart(func() error {
		say(Answer{"event": "ready", "address": service.Server().Options().Address})
		return nil
	}))
	// Its flag makes it without an address first, which ends the program where there is no cluster.
	if address := os.Getenv("PEER_KUBERNETES"); address != "" {
		service.Init(micro.Registry(kubernetes.NewRegistry(registry.Addrs(address))))
	}
	service.Init()
	if config := tlsConfig(); config != nil {
		secure := transport.NewTransport(transport.TLSConfig(config))
		check(service.Server().Init(server.Transport(secure)))
		check(service.Client().Init(client.Transport(secure)))
	}
	return service
}
