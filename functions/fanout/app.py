"""The consumer of the queue that big rooms' frames are sharded into."""

from chat.runtime.cold_start import start

handler = start("fanout")
