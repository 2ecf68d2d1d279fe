"""Trades that resume, in Python: pip install websockets; python examples/trades.py [frames]"""

import asyncio
import json
import os
import random
import sys

import websockets

URL = os.environ.get("TIDEWIRE_URL", "ws://127.0.0.1:4000/graphql")
QUERY = """subscription ($after: Cursor) {
  trades(filter: {symbols: ["BTCUSDT"]}, after: $after) { tradeId price quantity side cursor replayed }
}"""


async def trades(after=None):
    """Every trade once, over whatever happens to the connection."""
    attempt = 0
    while True:
        try:
            async with websockets.connect(URL, subprotocols=["graphql-transport-ws"]) as socket:
                await socket.send(json.dumps({"type": "connection_init"}))
                async for text in socket:
                    message = json.loads(text)
                    payload = message.get("payload")
                    if message["type"] == "connection_ack":
                        request = {"query": QUERY, "variables": {"after": after}}
                        await socket.send(json.dumps({"id": "t", "type": "subscribe", "payload": request}))
                    elif message["type"] == "ping":
                        attempt = 0
                        # Everything that matches up to here has been sent, though nothing matched.
                        after = payload.get("progress", {}).get("t", after)
                        await socket.send(json.dumps({"type": "pong"}))
                    elif message["type"] == "next":
                        trade = payload["data"]["trades"]
                        after = trade["cursor"]
                        yield trade
                    elif message["type"] == "error":
                        if payload[0]["extensions"]["code"] != "CURSOR_EXPIRED":
                            raise RuntimeError(payload[0]["message"])
                        after = None
                        break
        except (OSError, websockets.ConnectionClosed):
            pass
        await asyncio.sleep(min(30, 0.5 * 2**attempt) * random.uniform(0.5, 1))
        attempt += 1


async def main(limit):
    frames = 0
    async for trade in trades():
        print(json.dumps(trade), flush=True)
        frames += 1
        if frames >= limit:
            return


asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else float("inf")))
