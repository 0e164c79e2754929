// go-micro v1.18 requires this module, uses nothing of it, and it can no longer be had.
module github.com/micro/protoc-gen-micro

go 1.13
