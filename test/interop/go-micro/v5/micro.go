// What is go-micro v5's own: its names, and how its service is made.
package main

import (
	"context"
	"time"

	micro "go-micro.dev/v5"
	"go-micro.dev/v5/client"
	"go-micro.dev/v5/errors"
	"go-micro.dev/v5/metadata"
	"go-micro.dev/v5/server"
	"go-micro.dev/v5/transport"
	"google.golang.org/protobuf/types/known/timestamppb"
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
	return []CallOption{client.WithRequestTimeout(d), client.WithRetries(0), client.WithConnectionTimeout(d), client.WithStreamTimeout(d)}
}

func withMetadata(ctx context.Context, values map[string]string) context.Context {
	return metadata.NewContext(ctx, values)
}

func metadataOf(ctx context.Context) map[string]string {
	values, _ := metadata.FromContext(ctx)
	return values
}

func newTimestamp(seconds int64) *timestamppb.Timestamp {
	return &timestamppb.Timestamp{Seconds: seconds}
}

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
	service.Init()
	if config := tlsConfig(); config != nil {
		secure := transport.NewHTTPTransport(transport.TLSConfig(config))
		check(service.Server().Init(server.Transport(secure)))
		check(service.Client().Init(client.Transport(secure)))
	}
	return service
}
