module peer

go 1.16

require (
	github.com/coreos/pkg v0.0.0-20240122114842-bbd7aa9bf6fb // indirect
	github.com/golang/protobuf v1.3.2
	github.com/micro/go-micro v1.18.0
)

replace github.com/micro/protoc-gen-micro => ../absent/protoc-gen-micro

replace github.com/lucas-clemente/quic-go => ../absent/quic-go
