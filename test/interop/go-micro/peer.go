// A go-micro service and client of one greeter, told what to do by lines of JSON: a Command comes in, a line with the
// same id goes out. go-micro's own flags choose server, client, registry, broker and addresses. What differs between
// versions of go-micro is in micro.go of each; this file is linked into all of them.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"peer/greeter"
)

// Command is one line of input. What a field means depends on Do.
type Command struct {
	Id          int               `json:"id"`
	Do          string            `json:"do"`
	Service     string            `json:"service"`
	Endpoint    string            `json:"endpoint"`
	Address     string            `json:"address"`
	ContentType string            `json:"contentType"`
	TimeoutMs   int               `json:"timeoutMs"`
	Metadata    map[string]string `json:"metadata"`
	Request     Fields            `json:"request"`
	Names       []string          `json:"names"`
	Topic       string            `json:"topic"`
}

// Fields are those of a Request, in forms that every JSON has.
type Fields struct {
	Name      string            `json:"name"`
	BigNumber string            `json:"bigNumber"`
	Mood      int32             `json:"mood"`
	Tags      []string          `json:"tags"`
	Labels    map[string]string `json:"labels"`
	Data      []byte            `json:"data"`
	Ratio     float64           `json:"ratio"`
	Born      int64             `json:"born"`
}

// Answer is one line of output.
type Answer map[string]interface{}

var (
	out     = json.NewEncoder(os.Stdout)
	outLock sync.Mutex
)

func say(answer Answer) {
	outLock.Lock()
	defer outLock.Unlock()
	_ = out.Encode(answer)
}

func toRequest(f Fields) *greeter.Request {
	number, _ := strconv.ParseInt(f.BigNumber, 10, 64)
	request := &greeter.Request{
		Name: f.Name, BigNumber: number, Mood: greeter.Mood(f.Mood), Tags: f.Tags, Labels: f.Labels, Data: f.Data, Ratio: f.Ratio,
	}
	if f.Born != 0 {
		request.Born = newTimestamp(f.Born)
	}
	return request
}

func toFields(r *greeter.Request) Fields {
	return Fields{
		Name: r.GetName(), BigNumber: strconv.FormatInt(r.GetBigNumber(), 10), Mood: int32(r.GetMood()), Tags: r.GetTags(),
		Labels: r.GetLabels(), Data: r.GetData(), Ratio: r.GetRatio(), Born: r.GetBorn().GetSeconds(),
	}
}

func toAnswer(r *greeter.Response) Answer {
	return Answer{
		"text": r.GetText(), "request": toFields(r.GetRequest()), "metadata": r.GetMetadata(), "timeLeftMs": r.GetTimeLeftMs(),
	}
}

// Greeter answers our calls.
type Greeter struct{}

func (Greeter) Hello(ctx context.Context, request *greeter.Request, response *greeter.Response) error {
	response.Text = "Hello " + request.Name
	response.Request = request
	response.Metadata = metadataOf(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		response.TimeLeftMs = int64(time.Until(deadline) / time.Millisecond)
	}
	return nil
}

func (Greeter) Fail(_ context.Context, request *greeter.Request, _ *greeter.Response) error {
	return newError(request.Name, string(request.Data), int32(request.BigNumber))
}

func (Greeter) Hang(ctx context.Context, _ *greeter.Request, _ *greeter.Response) error {
	select {
	case <-ctx.Done():
	case <-time.After(30 * time.Second):
	}
	say(Answer{"event": "hang ended"})
	return ctx.Err()
}

func (Greeter) Count(_ context.Context, stream ServerStream) error {
	request := new(greeter.Request)
	if err := stream.Recv(request); err != nil {
		return err
	}
	for i := int64(1); i <= request.BigNumber; i++ {
		if err := stream.Send(&greeter.Response{Text: strconv.FormatInt(i, 10)}); err != nil {
			say(Answer{"event": "count stopped"})
			return err
		}
	}
	if request.Name == "fail" {
		return newError("go.micro.srv.greeter", "no more", 409)
	}
	return nil
}

func (Greeter) Join(_ context.Context, stream ServerStream) error {
	joined := ""
	for {
		request := new(greeter.Request)
		err := stream.Recv(request)
		if err == io.EOF || (err == nil && request.Name == "end") {
			return stream.Send(&greeter.Response{Text: joined})
		}
		if err != nil {
			return err
		}
		joined += request.Name
	}
}

func (Greeter) Chat(_ context.Context, stream ServerStream) error {
	for {
		request := new(greeter.Request)
		err := stream.Recv(request)
		if err == io.EOF || (err == nil && request.Name == "bye") {
			say(Answer{"event": "chat ended"})
			return nil
		}
		if err != nil {
			say(Answer{"event": "chat failed"})
			return err
		}
		if request.Name == "fail" {
			return newError("go.micro.srv.greeter", "you said fail", 400)
		}
		if err := stream.Send(&greeter.Response{Text: "you said " + request.Name}); err != nil {
			return err
		}
	}
}

// Heard subscribes to PEER_TOPIC.
func Heard(ctx context.Context, request *greeter.Request) error {
	say(Answer{"event": "heard", "request": toFields(request), "metadata": metadataOf(ctx)})
	if request.Name == "fail" {
		return newError("peer", "cannot take it", 500)
	}
	return nil
}

// Shared subscribes to PEER_TOPIC with ".shared" behind it, as one of the queue "workers".
func Shared(_ context.Context, request *greeter.Request) error {
	say(Answer{"event": "shared", "name": request.Name})
	return nil
}

func failure(err error) Answer {
	parsed := parseError(err.Error())
	return Answer{"id": parsed.Id, "code": parsed.Code, "detail": parsed.Detail, "status": parsed.Status, "text": err.Error()}
}

func do(c Client, command Command) (interface{}, error) {
	ctx := context.Background()
	if command.Metadata != nil {
		ctx = withMetadata(ctx, command.Metadata)
	}
	var requestOptions []RequestOption
	if command.ContentType != "" {
		requestOptions = append(requestOptions, withContentType(command.ContentType))
	}
	var options []CallOption
	if command.Address != "" {
		options = append(options, withAddress(command.Address))
	}
	if command.TimeoutMs != 0 {
		options = append(options, withTimeout(time.Duration(command.TimeoutMs)*time.Millisecond)...)
	}
	open := func() (Stream, error) {
		// What protoc-gen-micro's clients do: an empty first message opens the stream.
		return c.Stream(ctx, c.NewRequest(command.Service, command.Endpoint, &greeter.Request{}, requestOptions...), options...)
	}
	switch command.Do {
	case "call":
		response := new(greeter.Response)
		request := c.NewRequest(command.Service, command.Endpoint, toRequest(command.Request), requestOptions...)
		if err := c.Call(ctx, request, response, options...); err != nil {
			return nil, err
		}
		return toAnswer(response), nil
	case "count", "abandon": // abandon: leaves after as many answers as there are names
		stream, err := open()
		if err != nil {
			return nil, err
		}
		defer stream.Close()
		if err := stream.Send(toRequest(command.Request)); err != nil {
			return nil, err
		}
		texts := []string{}
		for command.Do == "count" || len(texts) < len(command.Names) {
			response := new(greeter.Response)
			if err := stream.Recv(response); err == io.EOF {
				return Answer{"texts": texts}, nil
			} else if err != nil {
				return Answer{"texts": texts}, err
			}
			texts = append(texts, response.Text)
		}
		return Answer{"texts": texts}, nil
	case "join":
		stream, err := open()
		if err != nil {
			return nil, err
		}
		defer stream.Close()
		for _, name := range command.Names {
			if err := stream.Send(&greeter.Request{Name: name}); err != nil {
				return nil, err
			}
		}
		response := new(greeter.Response)
		if err := stream.Recv(response); err != nil {
			return nil, err
		}
		return toAnswer(response), nil
	case "chat":
		stream, err := open()
		if err != nil {
			return nil, err
		}
		defer stream.Close()
		texts := []string{}
		for _, name := range command.Names {
			if err := stream.Send(&greeter.Request{Name: name}); err != nil {
				return Answer{"texts": texts}, err
			}
			response := new(greeter.Response)
			if err := stream.Recv(response); err == io.EOF {
				return Answer{"texts": texts, "ended": true}, nil
			} else if err != nil {
				return Answer{"texts": texts}, err
			}
			texts = append(texts, response.Text)
		}
		return Answer{"texts": texts}, nil
	case "publish":
		var messageOptions []MessageOption
		if command.ContentType != "" {
			messageOptions = append(messageOptions, withMessageContentType(command.ContentType))
		}
		return nil, c.Publish(ctx, c.NewMessage(command.Topic, toRequest(command.Request), messageOptions...))
	}
	return nil, newError("peer", "unknown command "+command.Do, 400)
}

func obey(c Client) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var command Command
		if err := json.Unmarshal(lines.Bytes(), &command); err != nil {
			say(Answer{"event": "bad command", "error": err.Error()})
			continue
		}
		go func() {
			value, err := do(c, command)
			answer := Answer{"id": command.Id, "value": value}
			if err != nil {
				answer["error"] = failure(err)
			}
			say(answer)
		}()
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
}

func main() {
	service := newService()
	check(registerGreeter(service, Greeter{}))
	if topic := os.Getenv("PEER_TOPIC"); topic != "" {
		check(subscribe(service, topic, "", Heard))
		check(subscribe(service, topic+".shared", "workers", Shared))
	}
	go obey(service.Client())
	check(service.Run())
}

func check(err error) {
	if err != nil {
		say(Answer{"event": "failed", "error": err.Error()})
		os.Exit(1)
	}
}
