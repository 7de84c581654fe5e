-- The body of `daybook bench attendance` for wrk: a check-in of a new person at one of 1000 schools, now.
local thread_count = 0
function setup(thread)
  thread:set("id", thread_count)
  thread_count = thread_count + 1
end

function init()
  math.randomseed(os.time() * 1000 + id * 7919 + tonumber(tostring({}):match("0x(%x+)") or "0", 16) % 1000003)
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  local body = string.format(
    '{"type":"checkin","timestamp":%d000,"image":"","userId":"%08x%08x%08x","schoolId":"%d","temperature":%d}',
    os.time(), math.random(0, 0x7fffffff), math.random(0, 0x7fffffff), math.random(0, 0x7fffffff),
    math.random(0, 999), math.random(34, 41))
  return wrk.format("POST", nil, nil, body)
end
