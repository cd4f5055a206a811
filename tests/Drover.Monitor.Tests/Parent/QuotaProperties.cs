using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core;
using Drover.Core.Tests.Fakes;
using Drover.Monitor.Parent;
using FsCheck;
using FsCheck.Fluent;

namespace Drover.Monitor.Tests.Parent;

/// <summary>Whatever components do with their sessions, and in whatever order they die: each account is what it was at the
/// beginning, and what came, less what went, with the sessions that are open.</summary>
public sealed class QuotaProperties
{
    private const ulong Page = 4096;
    private const ulong Ram = 1000 * Page;
    private const ulong Slots = 5000;
    private const int Components = 4;

    [Fact]
    public void Accounts_are_exact_after_each_of_any_steps() =>
        Prop.ForAll<byte[]>(steps => new Run().Take(steps ?? [])).Check(
            Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(200));

    [Fact]
    public async Task Accounts_are_as_at_the_beginning_when_all_that_went_on_at_the_same_time_is_closed()
    {
        Run run = new();
        await Task.WhenAll(Enumerable.Range(0, Components).Select(number => Task.Run(() => run.Hurry(number))));
        run.CloseAll();
        run.AssertAsAtTheBeginning();
    }

    private sealed class Run
    {
        private readonly World _world = new(new KernelOptions { NodeCallPatience = TimeSpan.FromSeconds(30) });
        private readonly ServiceDirectory _directory = new();
        private readonly CoreServices _services;
        private readonly FakeComponent?[] _components = new FakeComponent?[Components];
        private readonly List<Open> _open = [];

        public Run()
        {
            _services = new CoreServices(_world.Kernel, TimeProvider.System);
            for (int i = 0; i < Components; i++)
                _components[i] = Start(i);
        }

        public bool Take(byte[] steps)
        {
            for (int i = 0; i + 2 < steps.Length; i += 3)
            {
                Step(steps[i], steps[i + 1], steps[i + 2]);
                Check();
            }

            foreach (FakeComponent? component in _components)
                component?.Dispose();
            return true;
        }

        /// <summary>What one component does while the others do the same to it.</summary>
        public void Hurry(int number)
        {
            Random random = new(number);
            FakeComponent self = _components[number]!;
            List<Capability<IObject>> sessions = [];
            for (int i = 0; i < 300; i++)
            {
                int other = random.Next(Components);
                switch (random.Next(6))
                {
                    case 0 or 1:
                        Donation donation = new((ulong)random.Next(4) * Page, (ulong)random.Next(20));
                        if (self.Parent.Session(random.Next(4) == 0 ? "LOG" : $"service {other}", "", donation).TryGet(out Capability<IObject>? opened, out _))
                            sessions.Add(opened);
                        break;
                    case 2 when sessions.Count > 0:
                        self.Parent.Upgrade(sessions[random.Next(sessions.Count)], new Donation(Page, 1));
                        break;
                    case 3 when sessions.Count > 0:
                        int closed = random.Next(sessions.Count);
                        self.Parent.Close(sessions[closed]);
                        sessions.RemoveAt(closed);
                        break;
                    case 4 when i % 40 == 0:
                        self.Parent.Withdraw($"service {number}");
                        self.Root.Clear();
                        Assert.True(self.Announce($"service {number}"));
                        break;
                }
            }
        }

        public void CloseAll()
        {
            foreach (FakeComponent component in _components.OfType<FakeComponent>())
            {
                foreach (OpenSession session in component.Monitored.Sessions.All)
                    Assert.True(component.Parent.Close(session.Gate.ToCapability<IObject>()).Succeeded);
            }
        }

        public void AssertAsAtTheBeginning()
        {
            foreach (FakeComponent component in _components.OfType<FakeComponent>())
            {
                Assert.Equal((Ram, Slots), (component.Ram.Limit, component.Capabilities.Limit));
                component.Dispose();
            }
        }

        private FakeComponent Start(int number)
        {
            FakeComponent component = new(_world, _services, _directory, $"component {number}", Ram, Slots);
            Assert.True(component.Announce($"service {number}"));
            return component;
        }

        private void Step(byte what, byte who, byte amount)
        {
            int number = who % Components;
            if (_components[number] is not { } component)
            {
                _components[number] = Start(number);
                return;
            }

            switch (what % 8)
            {
                case 0 or 1 or 2:
                    OpenOne(component, number, who / Components % (Components + 1), new Donation(amount * 8UL * Page, amount));
                    break;
                case 3:
                    if (Of(number) is { } upgraded && IsClear(component, new Donation(amount * Page, amount)) && component.Parent.Upgrade(upgraded.Session, new Donation(amount * Page, amount)).Succeeded)
                        upgraded.Donation = new Donation(upgraded.Donation.RamBytes + (amount * Page), upgraded.Donation.Capabilities + amount);
                    break;
                case 4:
                    if (Of(number) is { } closed)
                    {
                        Assert.True(component.Parent.Close(closed.Session).Succeeded);
                        _open.Remove(closed);
                    }

                    break;
                case 5:
                    if (_open.Find(open => open.Server == number) is { } revoked)
                    {
                        component.Root.Close(ComponentSide(component, revoked));
                        Assert.True(component.Parent.Revoke(revoked.Session).Succeeded);
                        _open.Remove(revoked);
                    }

                    break;
                case 6:
                    component.Root.Clear();
                    Assert.True(component.Parent.Withdraw($"service {number}").Succeeded);
                    Assert.True(component.Announce($"service {number}"));
                    _open.RemoveAll(open => open.Server == number);
                    break;
                default:
                    component.Dispose();
                    _components[number] = null;
                    Settle(number);
                    break;
            }
        }

        private void OpenOne(FakeComponent component, int number, int server, Donation donation)
        {
            string service = server == Components ? "LOG" : $"service {server}";
            if (!IsClear(component, donation))
                return;
            string arguments = donation.Capabilities % 7 == 0 && server != Components ? "refuse" : "";
            Attempt<Capability<IObject>, SessionError> opened = component.Parent.Session(service, arguments, donation);
            if (opened.Succeeded)
                _open.Add(new Open(number, server, opened.Value) { Donation = donation });
        }

        /// <summary>Whether it gives of its own, or has not so much: what it gave on of what others gave it, it could not give back to them.</summary>
        private bool IsClear(FakeComponent component, Donation donation)
        {
            int number = Array.IndexOf(_components, component);
            Donation[] given = [donation, .. _open.Where(open => open.Client == number).Select(open => open.Donation)];
            bool isOwn = (ulong)given.Sum(one => (long)one.RamBytes) <= Ram - component.Ram.Used
                && (ulong)given.Sum(one => (long)one.Capabilities) <= Slots - component.Capabilities.Used;
            return isOwn || donation.RamBytes > component.Ram.Limit - component.Ram.Used
                || donation.Capabilities > component.Capabilities.Limit - component.Capabilities.Used;
        }

        /// <summary>A component has ended: its sessions at others are closed beside its end, by threads of the pool.</summary>
        private void Settle(int number)
        {
            int[] servers = [.. _open.Where(open => open.Client == number && open.Server != Components).Select(open => open.Server).Distinct()];
            _open.RemoveAll(open => open.Client == number || open.Server == number);
            foreach (FakeComponent server in servers.Where(server => server != number).Select(server => _components[server]).OfType<FakeComponent>())
                Assert.True(SpinWait.SpinUntil(() => server.Ram.Limit == Expected(server).Ram && server.Capabilities.Limit == Expected(server).Capabilities, TimeSpan.FromSeconds(30)));
        }

        private Open? Of(int client) => _open.FindLast(open => open.Client == client);

        private static Capability<IObject> ComponentSide(FakeComponent server, Open session) => server.Root.Find(session.Session);

        private (ulong Ram, ulong Capabilities) Expected(FakeComponent component)
        {
            int number = Array.IndexOf(_components, component);
            ulong ram = Ram;
            ulong capabilities = Slots;
            foreach (Open open in _open)
            {
                if (open.Server == number)
                    (ram, capabilities) = (ram + open.Donation.RamBytes, capabilities + open.Donation.Capabilities);
                if (open.Client == number)
                    (ram, capabilities) = (ram - open.Donation.RamBytes, capabilities - open.Donation.Capabilities);
            }

            return (ram, capabilities);
        }

        private void Check()
        {
            foreach (FakeComponent component in _components.OfType<FakeComponent>())
                Assert.Equal(Expected(component), (component.Ram.Limit, component.Capabilities.Limit));
        }
    }

    /// <param name="Server">Its number, or one beyond the last for core.</param>
    private sealed record Open(int Client, int Server, Capability<IObject> Session)
    {
        public Donation Donation { get; set; }
    }
}
