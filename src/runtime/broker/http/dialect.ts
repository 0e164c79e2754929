/** In what go-micro's versions of the HTTP broker differ; they do not hear each other. */
export interface Dialect {
  /** The name subscribers register under. */
  readonly serviceName: string;
  readonly path: string;
  /** Key of the message header that holds the topic. */
  readonly topicKey: string;
  /** True when handlers see that key. */
  readonly keepsTopicKey: boolean;
}

/** `v2`: go-micro v2.5 and later. `v1`: v1.18. */
export type DialectName = "v1" | "v2";

/** go-micro `broker/http_broker.go` @ v1.18.0 and `broker/http.go` @ v2.9.1. */
export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  v1: { serviceName: "go.micro.http.broker", path: "/_sub", topicKey: ":topic", keepsTopicKey: false },
  v2: { serviceName: "micro.http.broker", path: "/", topicKey: "Micro-Topic", keepsTopicKey: true },
};

/** Version of the record of subscribers without a queue; otherwise the version is the queue's name. */
export const BROADCAST = "ff.http.broadcast";
