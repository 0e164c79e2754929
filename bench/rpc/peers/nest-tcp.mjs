import "reflect-metadata";
import { Controller, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ClientProxyFactory, MessagePattern, Transport } from "@nestjs/microservices";
import { firstValueFrom } from "rxjs";

/** What decorators would write: this file is plain JavaScript. */
class Echo {
  call(text) {
    return text;
  }
}
MessagePattern("call")(Echo.prototype, "call", Object.getOwnPropertyDescriptor(Echo.prototype, "call"));
Controller()(Echo);
class App {}
Module({ controllers: [Echo] })(App);

/** Nest's own protocol: JSON texts, each behind its length, on a plain socket. */
export const create = () => ({
  async serve() {
    const options = { host: "127.0.0.1", port: 0 };
    const app = await NestFactory.createMicroservice(App, {
      transport: Transport.TCP,
      options,
      logger: false,
    });
    await app.listen();
    return `127.0.0.1:${app.unwrap().address().port}`;
  },

  async connect(address) {
    const [host, port] = address.split(":");
    const options = { host, port: Number(port) };
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
    await client.connect();
    return { call: () => firstValueFrom(client.send("call", "four")), close: () => client.close() };
  },
});
