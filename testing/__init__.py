"""A chat in memory to write tests as conversations in: moto's tables, sockets, people, a clock."""
