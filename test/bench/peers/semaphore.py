# python3 semaphore.py <base URL> <input> <output> : aiohttp, with a semaphore around each request.
import asyncio
import csv
import os
import sys

import aiohttp

URL, INPUT, OUTPUT = sys.argv[1:4]
HEADERS = {"Authorization": f"Bearer {os.environ['KEY']}"}


async def remove(session, semaphore, row):
    workspace, user = row["workspace_id"], row["user_id"]
    path = f"/api/v3/instance/workspaces/{workspace}/members/users/{user}"
    async with semaphore:
        async with session.delete(URL + path) as response:
            await response.read()
            return workspace, user, response.status


async def main():
    semaphore = asyncio.Semaphore(64)
    with open(INPUT, newline="") as file:
        rows = list(csv.DictReader(file))
    connector = aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(connector=connector, headers=HEADERS) as session:
        results = await asyncio.gather(*(remove(session, semaphore, row) for row in rows))
    with open(OUTPUT, "w", newline="") as file:
        csv.writer(file).writerows(results)


asyncio.run(main())
