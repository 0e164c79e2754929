// Asks a service with go-micro's own debug client: `debug grpc|mucp SERVICE ADDRESS TRACE`, and prints all it was told as JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/micro/go-micro/v2/client"
	"github.com/micro/go-micro/v2/client/grpc"
	"github.com/micro/go-micro/v2/client/mucp"
	debug "github.com/micro/go-micro/v2/debug/service/proto"
)

func main() {
	c := grpc.NewClient()
	if os.Args[1] == "mucp" {
		c = mucp.NewClient()
	}
	service, at, ctx := debug.NewDebugService(os.Args[2], c), client.WithAddress(os.Args[3]), context.Background()

	health, err := service.Health(ctx, &debug.HealthRequest{}, at)
	check("Health", err)
	stats, err := service.Stats(ctx, &debug.StatsRequest{}, at)
	check("Stats", err)
	trace, err := service.Trace(ctx, &debug.TraceRequest{Id: os.Args[4]}, at)
	check("Trace", err)
	lines, err := service.Log(ctx, &debug.LogRequest{Count: 2}, at)
	check("Log", err)
	records := []*debug.Record{}
	for {
		record, err := lines.Recv()
		if err == io.EOF {
			break
		}
		check("Log", err)
		records = append(records, record)
	}
	told := map[string]interface{}{"health": health.Status, "stats": stats, "spans": trace.Spans, "records": records}
	check("print", json.NewEncoder(os.Stdout).Encode(told))
}

func check(what string, err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, what, err)
		os.Exit(1)
	}
}
