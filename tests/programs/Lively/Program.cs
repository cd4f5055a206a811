using Lively;

return args.FirstOrDefault() switch
{
    "hello" => Say("hello"),
    "servant" => Servant.Run(),
    "life" or null => Life.Run(),
    _ => Say("unknown mode"),
};

static int Say(string text)
{
    Console.WriteLine(text);
    return 0;
}
